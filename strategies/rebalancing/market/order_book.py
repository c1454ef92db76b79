"""Order books: whether their levels bear a price, and an order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rebalancing.market.quoted import APART

SHARE = 0.1
"""What each side of a book must hold near a price that it is to bear out, as a fraction of the
portfolio's value."""


class Level(NamedTuple):
    """A price of the book, stake currency, and the coins wanted or offered there."""

    price: float
    amount: float


class Book(NamedTuple):
    """Both sides, the best prices first."""

    bids: Sequence[Level]
    asks: Sequence[Level]

    def bears_out(self, price: float, worth: float) -> bool:
        """Tell whether each side holds enough near a price.

        Parameters
        ----------
        price : float
            Stake currency for one coin.
        worth : float
            Value of the portfolio, stake currency.
        """
        near = [
            sum(
                level.price * level.amount
                for level in side
                if abs(level.price / price - 1) <= APART
            )
            for side in self
        ]
        return min(near) > 0 and min(near) >= SHARE * worth


class Cost(NamedTuple):
    """What of a market order the levels take, coins, and what it loses there, stake currency."""

    amount: float
    loss: float


def cost_through(
    levels: Iterable[Level], amount: float, planned: float, reach: float, against: float
) -> Cost:
    """Walk a market order through the levels that it meets.

    Parameters
    ----------
    levels : iterable of Level
        Bids for a sell, asks for a buy; the best price first.
    amount : float
        Coins, a sell negative.
    planned : float
        Price of the plan. Levels that are worse by more than `reach` are not walked.
    reach : float
        Fraction of that price.
    against : float
        Price with which the loss is reckoned.

    Returns
    -------
    Cost
        Coins, positive, fewer than asked for where the levels hold less; the loss is negative
        where the levels are better than the price.

    Examples
    --------
    >>> asks = [Level(100.0, 1.0), Level(102.0, 5.0), Level(300.0, 9.0)]
    >>> cost_through(asks, 2.0, 100.0, 0.05, 100.0)
    Cost(amount=2.0, loss=2.0)
    >>> cost_through(asks, 20.0, 100.0, 0.05, 100.0)
    Cost(amount=6.0, loss=10.0)
    """
    sign = 1.0 if amount > 0 else -1.0
    left, loss = abs(amount), 0.0
    for price, offered in levels:
        if left <= 0 or sign * (price - planned) > reach * planned:
            break
        taken = min(left, offered)
        left -= taken
        loss += sign * (price - against) * taken
    return Cost(abs(amount) - left, loss)
