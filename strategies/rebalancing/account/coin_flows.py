"""Coins of the portfolio that left the account: withdrawals in kind, and sales by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from rebalancing.account.account_view import AccountView
from rebalancing.events.account import CoinsLeft
from rebalancing.events.orders import FoundSale
from rebalancing.policy.policy import Policy
from rebalancing.state import State
from rebalancing.view import View

ENOUGH = 0.98
"""Share of a trade's coins with which freqtrade, too, takes them for complete: fees are paid."""

SAME = 1e-6
"""Fraction by which two answers of the exchange may differ and still say the same."""


def coins_left(
    policy: Policy, state: State, view: View, account: AccountView
) -> tuple[State, list[CoinsLeft] | list[FoundSale], bool]:
    """Find the coins that two answers of the exchange show to be gone.

    Returns
    -------
    State
        With the coins that are missing and not taken for gone yet.
    list of CoinsLeft or of FoundSale
        What is gone, at the prices of the view; at its last price where a pair has ended. What has
        never had a price is gone once it has one. If somebody has sold it, the sales.
    bool
        False if coins have only just gone, as a balance may lag behind, or if they were sold: the
        cash is known once the order is.
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
    sure = [asset for asset in sure if asset in prices]
    if sold := _sold(account, missing, sure):
        return state, sold, False
    gone = [CoinsLeft(asset, missing.pop(asset), prices[asset], policy.stake) for asset in sure]
    return state.changed(missing=missing), gone, True


def _sold(
    account: AccountView, missing: Mapping[str, float], assets: Collection[str]
) -> list[FoundSale]:
    """Return the unknown sells that explain missing coins.

    One of more coins than are missing sold what was not the portfolio's.
    """
    found = []
    for asset in assets:
        left = missing[asset] / ENOUGH
        for sell in account.unknown_sells(asset):
            if sell.coins <= left:
                left -= sell.coins
                found.append(FoundSale(asset, sell.order, sell.coins))
    return found


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
