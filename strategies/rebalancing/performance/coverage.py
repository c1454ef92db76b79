"""Which assets have candles for the whole of a run, and which for a part of it or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Coverage:
    """An asset whose candles are not there for the whole of a run.

    Parameters
    ----------
    first, last : datetime or None
        Starts of its first and its last candle within the run; None if it has none.
    begin, end : datetime
        Starts of the first and the last candle of the run.
    step : timedelta
        Length of a candle.
    """

    asset: str
    first: datetime | None
    last: datetime | None
    begin: datetime
    end: datetime
    step: timedelta

    @property
    def is_missing(self) -> bool:
        """It has no candle at all."""
        return self.first is None

    @property
    def starts_late(self) -> bool:
        """The run begins a candle or more before it."""
        return self.first is not None and self.first >= self.begin + self.step

    @property
    def ends_early(self) -> bool:
        """The run ends a candle or more after it."""
        return self.last is not None and self.last <= self.end - self.step

    @property
    def sentence(self) -> str:
        """What is missing and what that means, for people."""
        return sentences([self])[0]


def sentences(found: Sequence[Coverage]) -> list[str]:
    """Say what is missing and what that means, once for all assets with the same dates."""
    alike: dict[tuple[datetime | None, datetime | None], list[Coverage]] = {}
    for each in found:
        alike.setdefault((each.first, each.last), []).append(each)
    return [
        _sentence(", ".join(each.asset for each in group), group[0]) for group in alike.values()
    ]


def _sentence(names: str, found: Coverage) -> str:
    if found.is_missing:
        return f"{names}: no candle from {_date(found.begin)} to {_date(found.end)}"
    facts, effects = [], []
    if found.starts_late:
        facts.append(f"start at {_date(found.first)} instead of {_date(found.begin)}")
        effects.append("bought only then")
    if found.ends_early:
        facts.append(f"end at {_date(found.last)} instead of {_date(found.end)}")
        effects.append("cannot be sold afterwards")
    return f"{names}: candles {' and '.join(facts)}; {' and '.join(effects)}"


def incomplete(
    spans: Mapping[str, tuple[datetime, datetime] | None],
    step: timedelta,
    begin: datetime | None = None,
    end: datetime | None = None,
) -> tuple[Coverage, ...]:
    """Find the assets that have no candles, that start late, or that end early.

    Parameters
    ----------
    spans : mapping
        By asset code: starts of its first and last candle within the run; None if it has none.
    step : timedelta
        Length of a candle.
    begin, end : datetime or None
        Starts of the first and last candle that were asked for. None: the earliest and the latest
        that any asset has.

    Returns
    -------
    tuple of Coverage
        In the order of `spans`; empty if every asset has candles throughout, and if there are no
        candles and no range was asked for.

    Examples
    --------
    >>> from datetime import UTC
    >>> day = lambda number: datetime(2024, 1, number, tzinfo=UTC)
    >>> spans = {"BTC": (day(1), day(31)), "SOL": (day(9), day(31)), "BNB": None}
    >>> for found in incomplete(spans, timedelta(days=1)):
    ...     print(found.sentence)
    SOL: candles start at 2024-01-09 00:00 instead of 2024-01-01 00:00; bought only then
    BNB: no candle from 2024-01-01 00:00 to 2024-01-31 00:00
    """
    known = [span for span in spans.values() if span is not None]
    begin = begin or min((first for first, _ in known), default=None)
    end = end or max((last for _, last in known), default=None)
    if begin is None or end is None:
        return ()
    found = []
    for asset, span in spans.items():
        first, last = span or (None, None)
        found.append(Coverage(asset, first, last, begin, end, step))
    return tuple(each for each in found if each.is_missing or each.starts_late or each.ends_early)


def _date(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
