"""Bid, ask and last trade of an asset, and what is strange about them."""

from __future__ import annotations

from dataclasses import dataclass

from rebalancing.numbers import percent, quantity

APART = 0.05
"""How far two prices of one moment may be from each other, as a fraction."""


@dataclass(frozen=True)
class Quoted:
    """What the exchange quotes of one asset; stake currency, None where it quotes nothing."""

    bid: float | None
    ask: float | None
    last: float | None

    @property
    def middle(self) -> float | None:
        """Middle of bid and ask; None unless both are there."""
        return (self.bid + self.ask) / 2 if self.bid and self.ask else None

    @property
    def is_apart(self) -> bool:
        """The last trade was made far from bid and ask."""
        return bool(self.last and self.middle and abs(self.last / self.middle - 1) > APART)


def doubt(quoted: Quoted, max_spread: float) -> str | None:
    """Say what bid and ask have against a price.

    Parameters
    ----------
    max_spread : float
        Largest (ask - bid) / middle.

    Returns
    -------
    str or None
        None if nothing is wrong.

    Examples
    --------
    >>> doubt(Quoted(99.9, 100.1, 100.0), 0.02)
    >>> doubt(Quoted(60.0, 300.0, 100.0), 0.02)
    'its spread is 133.3 %, more than 2.0 %'
    """
    middle = quoted.middle
    if middle is None:
        return (
            "only one side of its order book is there" if quoted.bid or quoted.ask else "no price"
        )
    assert quoted.bid is not None
    assert quoted.ask is not None
    if quoted.bid > quoted.ask:
        return f"its order book is crossed: bid {quantity(quoted.bid)}, ask {quantity(quoted.ask)}"
    if (spread := (quoted.ask - quoted.bid) / middle) > max_spread:
        found, most = (percent(width, digits=1) for width in (spread, max_spread))
        return f"its spread is {found}, more than {most}"
    return None
