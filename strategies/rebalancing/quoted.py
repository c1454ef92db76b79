"""Whether bid, ask and last trade of an asset bear each other out."""

from __future__ import annotations

from dataclasses import dataclass

APART = 0.05
"""How far the last trade may be from the middle of bid and ask, as a fraction of it."""


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


def doubt(quoted: Quoted, max_spread: float) -> str | None:
    """Say why a price must not start a round.

    Parameters
    ----------
    quoted : Quoted
        Of one moment.
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
    'its spread is 133.3%, more than 2.0%'
    """
    middle = quoted.middle
    if middle is None:
        return (
            "only one side of its order book is there" if quoted.bid or quoted.ask else "no price"
        )
    assert quoted.bid is not None
    assert quoted.ask is not None
    if quoted.bid > quoted.ask:
        return f"its order book is crossed: bid {quoted.bid:.8g}, ask {quoted.ask:.8g}"
    if (spread := (quoted.ask - quoted.bid) / middle) > max_spread:
        return f"its spread is {spread:.1%}, more than {max_spread:.1%}"
    if quoted.last and abs(quoted.last / middle - 1) > APART:
        return f"its last trade ({quoted.last:.8g}) is far from bid and ask ({middle:.8g})"
    return None
