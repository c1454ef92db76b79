"""How much of the coins an account already has becomes part of the portfolio."""

from __future__ import annotations

import numpy as np

from rebalancing.account.account_view import AccountView
from rebalancing.events.account import Adopted
from rebalancing.market.portfolio import Vector
from rebalancing.policy.guards import guards_of, targets_in_force
from rebalancing.policy.policy import Policy
from rebalancing.state import State
from rebalancing.view import View


def adopted(
    policy: Policy, state: State, view: View, account: AccountView
) -> tuple[State, list[Adopted]]:
    """Take in what the account has beyond the portfolio and has not been seen before.

    Returns
    -------
    State
        With what has been seen and is left where it is.
    list of Adopted
        What is to become the portfolio's, at the prices of the view.
    """
    portfolio, everything = view.portfolio, policy.settings.adopt_holdings == "all"
    seen = np.array([state.spare.get(asset, 0.0) for asset in policy.assets])
    if everything and state.adopts is True:
        seen[:] = 0.0  # left while no more was adopted than the targets wanted
    if state.adopts != policy.settings.adopt_holdings:
        state = state.changed(adopts=policy.settings.adopt_holdings)
    # In the account and not the portfolio's; what is hands off waits until resume.
    beyond = np.maximum(account.coins - portfolio.amounts, 0.0)
    beyond = np.where(policy.mask(state.hands_off), seen, beyond)
    if not ((beyond > seen).any() or (beyond < seen).any()):
        return state, []
    prices, minimum = np.nan_to_num(portfolio.prices), view.rules().minimum
    targets = targets_in_force(policy, view, guards_of(policy, state, view.moment))
    new = np.maximum(beyond - seen, 0.0) * prices
    new[~(new >= minimum) | (targets[:-1] <= 0)] = 0.0
    taken = adopted_values(portfolio.values, new, targets, everything)
    found = []
    for i in map(int, np.flatnonzero((taken >= minimum) & (taken > 0))):
        amount = float(taken[i] / prices[i])
        found.append(Adopted(policy.assets[i], amount, float(prices[i]), policy.stake))
        beyond[i] -= amount
    if new.any() or (beyond < seen).any():
        spare = dict(zip(policy.assets, beyond.tolist(), strict=True))
        state = state.changed(spare=spare)
    return state, found


def adopted_values(values: Vector, spare: Vector, targets: Vector, everything: bool) -> Vector:
    """Return what is adopted of each asset.

    Parameters
    ----------
    values : array, shape (assets + 1,)
        What the portfolio holds, stake currency, the cash last.
    spare : array, shape (assets,)
        What the account has beyond it, stake currency; 0 where there is nothing.
    targets : array, shape (assets + 1,)
        Fractions that sum to 1.
    everything : bool
        All that is spare; otherwise no more than the targets want, so that nothing of it is
        sold at once.

    Returns
    -------
    array, shape (assets,)
        Stake currency, at most `spare`.

    Examples
    --------
    >>> held, spare = np.array([0.0, 0.0, 100.0]), np.array([900.0, 0.0])
    >>> adopted_values(held, spare, np.array([0.5, 0.5, 0.0]), everything=False).round(2).tolist()
    [100.0, 0.0]
    """
    if everything:
        return spare.copy()
    taken = spare.copy()
    # What is adopted raises the NAV, and with it what the targets want: from above, down to the
    # largest amounts that agree with each other.
    for _ in range(200):
        nav = float(values.sum() + taken.sum())
        again = np.clip(targets[:-1] * nav - values[:-1], 0.0, spare)
        if np.allclose(again, taken, rtol=0, atol=1e-9 * nav):
            return again
        taken = again
    return taken
