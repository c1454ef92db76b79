"""Coins of the portfolio that left the account: withdrawals in kind."""

from __future__ import annotations

import numpy as np

from rebalancing.account.account_view import AccountView
from rebalancing.events.account import CoinsLeft
from rebalancing.policy.policy import Policy
from rebalancing.state import State
from rebalancing.view import View

ENOUGH = 0.98
"""Share of a trade's coins with which freqtrade, too, takes them for complete: fees are paid."""

SAME = 1e-6
"""Fraction by which two answers of the exchange may differ and still say the same."""


def coins_left(
    policy: Policy, state: State, view: View, account: AccountView
) -> tuple[State, list[CoinsLeft], bool]:
    """Find the coins that two answers of the exchange show to be gone.

    Returns
    -------
    State
        With the coins that are missing and not taken for gone yet.
    list of CoinsLeft
        What is gone, at the prices of the view; at its last price where a pair has ended. What has
        never had a price is gone once it has one.
    bool
        False if coins have only just gone: a balance may lag behind, and freqtrade asks the
        exchange for a sale by hand before it answers again.
    """
    missing = _missing(policy, account)
    before = state.missing
    if missing == before and not missing:
        return state, [], True
    sure = [
        asset
        for asset, amount in missing.items()
        if abs(amount - before.get(asset, 0.0)) <= SAME * amount
    ]
    if len(sure) < len(missing):
        return state.changed(missing=missing), [], False
    named = zip(policy.assets, view.portfolio.prices.tolist(), strict=True)
    prices = {**state.last_prices, **{asset: price for asset, price in named if np.isfinite(price)}}
    gone = [
        CoinsLeft(asset, missing.pop(asset), prices[asset], policy.stake)
        for asset in sure
        if asset in prices
    ]
    return state.changed(missing=missing), gone, True


def _missing(policy: Policy, account: AccountView) -> dict[str, float]:
    """Return the coins that trades hold and the account does not."""
    # No trade is open where NaN is, and nothing is less than that.
    short = np.flatnonzero(account.coins < account.in_trades * ENOUGH)
    missing = {}
    for i in map(int, short):
        # What fees and sells left of a lot is in no trade, and is gone as well.
        most = max(float(account.in_trades[i]), account.left().get(policy.assets[i], 0.0))
        missing[policy.assets[i]] = most - float(account.coins[i])
    return missing
