"""The last 24 hours of a market."""

from dataclasses import dataclass

import numpy as np

from sandbox.exchange.candles import Candles

DAY_MS = 86_400_000


@dataclass(frozen=True)
class Day:
    """What happened to a market in the 24 hours before the clock; prices in quote currency.

    Attributes
    ----------
    volume, quote_volume
        Amount traded, in base and in quote currency.
    """

    open: float
    high: float
    low: float
    last: float
    volume: float = 0.0
    quote_volume: float = 0.0

    @classmethod
    def of(cls, candles: Candles | None, last: float) -> "Day":
        """Sum up the candles of a day; without any nothing but the last price is known."""
        if candles is None or len(candles) == 0:
            return cls(last, last, last, last)
        return cls(
            open=float(candles.open[0]),
            high=max(last, float(np.max(candles.high))),
            low=min(last, float(np.min(candles.low))),
            last=last,
            volume=float(candles.volume.sum()),
            quote_volume=float((candles.volume * candles.close).sum()),
        )
