"""The members of a portfolio at its newest check, as a person is shown them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rebalancing.state import State


@dataclass(frozen=True)
class Member:
    """The stake currency or an asset of the portfolio, at the newest check.

    Parameters
    ----------
    amount : float
        Coins, or stake currency, at the check.
    price : float or None
        Stake currency for one; None if it had none.
    weight, target : float or None
        Fractions; the weight is None if it had no price, the target if it has none.
    drift : float or None
        As the bot measures it; None where it measures none.
    note : str
        "hands off", "left out: " or "no price yet, held in cash until it has one: " and why,
        "leaving", or empty.
    """

    asset: str
    amount: float
    price: float | None
    weight: float | None
    target: float | None
    drift: float | None
    note: str = ""

    @property
    def value(self) -> float | None:
        """Stake currency."""
        return None if self.price is None else self.amount * self.price


def members_of(state: State, stake: str, held: Mapping[str, float]) -> tuple[Member, ...]:
    """Return the assets at the newest check, cash last.

    Parameters
    ----------
    stake : str
        Code of the stake currency.
    held : mapping of str to float
        Coins in open trades by asset: they count until there has been a check.
    """
    prices = {**state.prices, stake: 1.0}
    # What the check counted: coins below a lot too, and none that have left the account.
    amounts = {**held, **state.amounts, stake: state.cash or 0.0}
    named = dict.fromkeys([*state.targets, *state.leaving, *held])
    assets = [*(asset for asset in named if asset != stake), stake]

    def note(asset: str) -> str:
        if asset in state.hands_off:
            return "hands off"
        if asset in state.awaited:
            return f"no price yet, held in cash until it has one: {state.left_out[asset]}"
        if asset in state.left_out:
            return f"left out: {state.left_out[asset]}"
        return "leaving" if asset in state.leaving else ""

    def member(asset: str) -> Member:
        weight, target = state.weights.get(asset), state.targets.get(asset)
        amount, price = amounts.get(asset, 0.0), prices.get(asset)
        drift = state.drifts.get(asset)
        return Member(asset, amount, price, weight, target, drift, note(asset))

    return tuple(map(member, assets))
