"""Assets whose candles start after the portfolio did, end before it, or have gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from rebalancing.performance.closing import close_portfolio
from rebalancing.performance.history import History


@dataclass(frozen=True)
class CandleSpan:
    """The prices of an asset, where they do not cover the run. Times are seconds since 1970.

    Parameters
    ----------
    begin : float or None
        First moment with a price if it is after the initial allocation; None if it is not.
    end : float or None
        Last moment with a price if it is before the last one of the run; None if it is not.
    gaps : int
        Moments without a price between them.
    share : float
        Fraction of the NAV that is concerned: of an asset that has ended what is held of it at
        the end, at its last close; of the others the target weight.
    """

    asset: str
    begin: float | None
    end: float | None
    gaps: int
    share: float

    @property
    def sentence(self) -> str:
        """What is missing at either end, for people; empty if nothing is."""
        said = []
        if self.begin is not None:
            away = "" if self.end is not None else f"; its target is {self.share * 100:.1f} % of it"
            said.append(f"joins the portfolio at {_date(self.begin)}, its first price{away}")
        if self.end is not None:
            held = f"{self.share * 100:.1f} % of the NAV is in it, at its last known price"
            said.append(f"has no candle after {_date(self.end)}: {held}")
        return f"{self.asset} {' and '.join(said)}." if said else ""


def candle_spans(history: History) -> list[CandleSpan]:
    """Find the assets whose prices do not cover the run, in their order.

    It counts from the initial allocation on; an asset without any price begins and ends with the
    run.
    """
    targets = history.targets if history.targets.ndim == 1 else history.targets[-1]
    first = int(np.argmax(history.allocated))
    held = stranded(history)
    found = []
    for column, asset in enumerate(history.assets[:-1]):
        known = np.flatnonzero(np.isfinite(history.prices[:, column]))
        if not len(known):
            continue
        last = int(known[-1])
        begin = float(history.time[known[0]]) if known[0] >= first else None
        end = float(history.time[last]) if last < len(history.time) - 1 else None
        inside = known[known >= first]
        gaps = last - max(int(known[0]), first) + 1 - len(inside) if len(inside) else 0
        if begin is not None or end is not None or gaps:
            share = float(targets[column]) if end is None else held.get(asset, 0.0)
            found.append(CandleSpan(asset, begin, end, gaps, share))
    return found


def stranded(history: History) -> dict[str, float]:
    """Return which fraction of the NAV at the end is in each coin without a candle.

    The candle is that of the last moment; coins of which none is held are left out.
    """
    closing = close_portfolio(history)
    gone = np.isnan(history.prices[-1]) & (closing.coins > 0) & (closing.value > 0)
    return {
        history.assets[column]: float(closing.coins[column] / closing.value)
        for column in np.flatnonzero(gone)
    }


def _date(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"
