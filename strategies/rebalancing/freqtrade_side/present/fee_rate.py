"""The fee that the exchange really charges, where it is above the one that is configured."""

from __future__ import annotations

from collections.abc import Iterable

STEP = 4.0
"""Factor on the rate after a buy that lacked cash though it was planned to leave some."""

LOWEST = 0.001
"""Rate that is multiplied where none is configured."""

HIGHEST = 0.05
"""Rate above which no fee explains that cash is lacking."""


class FeeRate:
    """Reckons with the highest rate that is configured, was paid, or must be assumed.

    Parameters
    ----------
    configured : float
        Fraction of a notional.
    """

    def __init__(self, configured: float) -> None:
        self.configured = configured
        self._assumed = 0.0
        self._used = configured

    def rate(self, paid: Iterable[float]) -> float:
        """Return the rate to plan with; `paid` are those of the open trades."""
        self._used = max([self.configured, self._assumed, *paid])
        return self._used

    def cash_was_lacking(self, paid: Iterable[float]) -> None:
        """Assume more after a buy was refused for want of cash, unless more has been paid since."""
        if max([self.configured, *paid]) <= self._used:
            self._assumed = min(HIGHEST, max(self._used, LOWEST) * STEP)

    def forget(self) -> None:
        """Drop what was assumed for a round that is over."""
        self._assumed = 0.0
