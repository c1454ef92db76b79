"""Prices of all assets at one moment, looked up in candles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from rebalancing.market.portfolio import Mask, Vector

Dates = np.ndarray[tuple[int], np.dtype[np.int64]]

Past = Callable[[], Vector]
"""Gives the closes of the candles that have ended, shape (rows, assets), the newest last; NaN where
an asset has none. Not to be written to. There may be fewer rows than are wanted, or none."""

STALE_AFTER = timedelta(hours=1)
"""Age at which the price of an asset that nobody trades is no longer fresh."""

SAME_COIN = 10.0
"""Largest price ratio across a gap at which the same symbol is taken for the same coin."""


def no_past() -> Vector:
    """Return no rows: nothing is known."""
    return np.empty((0, 0))


@dataclass(frozen=True)
class PairCandles:
    """One pair's candles.

    Parameters
    ----------
    dates : array of int, shape (candles,)
        When each begins, seconds since 1970 (UTC), a whole number of timeframes apart.
    closes : array, shape (candles,)
        Stake currency for one coin; NaN where there is no price.
    fillers : bool array, shape (candles,)
        Candles of gaps, in which nobody traded: no prices.
    opens : array, shape (candles,), or None
        Stake currency for one coin; None where nobody needs to know at which price an order of a
        candle fills.
    """

    dates: Dates
    closes: Vector
    fillers: Mask
    opens: Vector | None = None

    @classmethod
    def of(
        cls,
        dates: Dates,
        opens: Vector,
        highs: Vector,
        lows: Vector,
        closes: Vector,
        volume: Vector,
    ) -> PairCandles:
        """Take the columns of freqtrade's candles.

        Notes
        -----
        freqtrade fills gaps with flat candles without volume. Such a candle is no price, unless
        the pair has had no volume at all until then: some candles come without.
        """
        flat = (highs == lows) & (opens == closes)
        flat[1:] &= closes[1:] == closes[:-1]
        idle = (volume == 0) & np.logical_or.accumulate(volume > 0)
        return cls(dates, np.where(closes > 0, closes, np.nan), flat & idle, opens)

    def is_fresh(self, step: timedelta) -> Mask:
        """Tell which closes are prices: neither 0 nor older than an hour (a candle, if longer)."""
        fresh: Mask = np.isfinite(self.closes)
        return fresh & ~_stale(self.fillers, max(1, int(STALE_AFTER / step)))

    def stranger_from(self, step: timedelta) -> int | None:
        """Return the date of the candle with which the symbol comes back as another coin.

        It comes back from a gap. Seconds since 1970; None if it never does.
        """
        rows = np.flatnonzero(self.is_fresh(step))
        ratio = np.abs(np.diff(np.log(self.closes[rows])))
        gap = np.diff(self.dates[rows]) > step.total_seconds()
        strange = gap & (ratio > np.log(SAME_COIN))
        return int(self.dates[rows[1:][strange][0]]) if strange.any() else None


def first_closes(pairs: Sequence[str], candles: Mapping[str, PairCandles]) -> Vector:
    """Return the first close of every pair, NaN for one without candles."""
    found = (candles.get(pair) for pair in pairs)
    return np.array([c.closes[0] if c and len(c.closes) else np.nan for c in found])


class PriceMatrix:
    """What is known of the prices of all assets, candle by candle.

    Parameters
    ----------
    assets : sequence of str
        Codes, in the order of the columns.
    candles : mapping of str to PairCandles
        By asset; an asset without candles is absent and never has a price.
    step : timedelta
        The timeframe.

    Attributes
    ----------
    assets : tuple of str
        As given.
    first : int
        When the first row begins, seconds since 1970 (UTC).
    closes : array, shape (rows, assets)
        The close of the candle of the row; NaN where the asset has none, or it is not fresh.
    known : array, shape (rows, assets)
        The last fresh close that is known when the candle of the row begins; NaN where the asset
        has no candle then, or its price is not fresh.
    strangers : dict of str to int
        Assets whose symbol came back from a gap as another coin, and when, seconds since 1970:
        they have no price from then on.

    Raises
    ------
    ValueError
        If there are no candles at all.
    """

    def __init__(
        self, assets: Sequence[str], candles: Mapping[str, PairCandles], step: timedelta
    ) -> None:
        known = [pair for pair in candles.values() if len(pair.dates)]
        if not known:
            raise ValueError("there are no candles for any pair")
        self.assets = tuple(assets)
        self.seconds = int(step.total_seconds())
        self.first = int(min(pair.dates[0] for pair in known))
        rows = (int(max(pair.dates[-1] for pair in known)) - self.first) // self.seconds + 1
        self.closes = np.full((rows, len(assets)), np.nan)
        self.known = np.full((rows, len(assets)), np.nan)
        self.strangers: dict[str, int] = {}
        self._columns = [candles.get(asset) for asset in assets]
        for column, asset in enumerate(assets):
            if asset in candles:
                self._enter(column, asset, candles[asset], step)
        self._any = np.isfinite(self.known).any(axis=1).tolist()

    def at(self, now: datetime) -> Vector | None:
        """Return the price of each asset as it is known at `now`.

        Parameters
        ----------
        now : datetime
            Start of a candle; closes of candles before it are known.

        Returns
        -------
        array, shape (assets,), or None
            Last close; NaN where the asset has no candle now or its price is not fresh. None
            if that is true of all of them.
        """
        row = self._row(now)
        if not 0 <= row < len(self._any) or not self._any[row]:
            return None
        known: Vector = self.known[row]
        return known

    def past(self, now: datetime) -> Vector:
        """Return the closes of the candles that have ended at `now`, the newest last.

        A part of `closes`, shape (rows, assets), not to be written to.
        """
        past: Vector = self.closes[: max(0, self._row(now))]
        return past

    def opens(self) -> Vector:
        """Return the price at which orders of each candle fill, shape (rows, assets).

        NaN where the asset has no candle: its orders wait.
        """
        opens = np.full(self.known.shape, np.nan)
        for column, pair in enumerate(self._columns):
            if pair is not None and pair.opens is not None:
                opens[(pair.dates - self.first) // self.seconds, column] = pair.opens
        return opens

    def newest(self) -> Vector:
        """Return the last close before each candle, however old, shape (rows, assets).

        0 before the first one. Those of another coin that bears the symbol by then are left out.
        """
        closes = np.zeros((len(self.known) + 1, self.known.shape[1]))
        for column, (asset, pair) in enumerate(zip(self.assets, self._columns, strict=True)):
            if pair is not None:
                stranger = self.strangers.get(asset)
                has_price = np.isfinite(pair.closes)
                has_price &= True if stranger is None else pair.dates < stranger
                rows = (pair.dates[has_price] - self.first) // self.seconds + 1
                places = np.zeros(len(closes), dtype=np.int64)
                places[rows] = np.arange(len(rows)) + 1
                known = np.append(0.0, pair.closes[has_price])
                closes[:, column] = known[np.maximum.accumulate(places)]
        return closes[:-1]

    def _row(self, now: datetime) -> int:
        """Return the number of the candle that is under way; it may be outside of the rows."""
        return (int(now.timestamp()) - self.first) // self.seconds

    def _enter(self, column: int, asset: str, pair: PairCandles, step: timedelta) -> None:
        rows = (pair.dates - self.first) // self.seconds
        fresh = pair.is_fresh(step)
        stranger = pair.stranger_from(step)
        if stranger is not None:
            self.strangers[asset] = stranger
            fresh &= pair.dates < stranger
        closes = self.closes[:, column]
        closes[rows[fresh]] = pair.closes[fresh]
        # An hour in which nobody trades fills no order; a minute may just be a quiet one.
        traded = rows[~(pair.fillers & (step >= STALE_AFTER))]
        traded = traded[traded > 0]
        self.known[traded, column] = closes[traded - 1]


def _stale(fillers: Mask, limit: int) -> Mask:
    """Mark fillers that end a run of at least `limit` fillers."""
    position = np.arange(len(fillers))
    last_real = np.maximum.accumulate(np.where(fillers, -1, position))
    stale: Mask = position - last_real >= limit
    return stale
