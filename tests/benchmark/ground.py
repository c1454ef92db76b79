"""What the benchmark runs on: a folder of candles, its pairs and its span of time."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sandbox.exchange.candles import CandleFolder, timeframe_ms
from tests.support.builders import PROJECT, make_config

SHARED_CANDLES = PROJECT.parent / "shared" / "data" / "majors-1h"
OWN_CANDLES = PROJECT / "user_data" / "data" / "binance"
STAKE = "USDT"
WALLET = 10_000.0
MONTH = timedelta(days=30)
START_UP_CANDLES = 3


class BenchmarkError(Exception):
    """A benchmark that cannot be run or says nothing: one line that says why."""


@dataclass(frozen=True)
class Span:
    """A stretch of time, UTC, the end excluded."""

    begin: datetime
    end: datetime

    @property
    def argument(self) -> str:
        """The span as freqtrade's ``--timerange`` takes it."""
        return f"{int(self.begin.timestamp())}-{int(self.end.timestamp())}"

    def first(self, length: timedelta) -> "Span":
        """Return the beginning of the span, all of it if it is shorter."""
        return Span(self.begin, min(self.end, self.begin + length))


@dataclass(frozen=True)
class Ground:
    """Candles, and the configuration that trades them.

    Attributes
    ----------
    config
        freqtrade's configuration; its ``rebalance`` block names the targets only.
    span
        Of all runs that are not cut to a month or to the start-up.
    step
        The timeframe.
    """

    datadir: Path
    config: Mapping[str, Any]
    span: Span
    step: timedelta

    @property
    def pairs(self) -> tuple[str, ...]:
        """The pairs traded, in the order of the whitelist."""
        return tuple(self.config["exchange"]["pair_whitelist"])

    @property
    def start_up(self) -> Span:
        """As short as a run can be: the initial allocation happens in it, and no more."""
        return self.span.first(START_UP_CANDLES * self.step)

    @property
    def month(self) -> Span:
        """The first month."""
        return self.span.first(MONTH)

    @property
    def title(self) -> str:
        """Say in a few words what is run."""
        candles = (self.span.end - self.span.begin) // self.step
        name = self.datadir.name if self.datadir != OWN_CANDLES else "the project's own candles"
        targets = self.config["rebalance"]["targets"]
        kind = "equal targets" if targets == "equal" else "the targets of config.json"
        return (
            f"{name}: {len(self.pairs)} pairs, {kind}, {candles:,} candles of "
            f"{self.config['timeframe']} from {self.span.begin:%Y-%m-%d}"
        )


def open_ground(datadir: Path | None, begin: datetime | None, end: datetime | None) -> Ground:
    """Find the candles.

    Parameters
    ----------
    datadir
        A folder of candles, of which all pairs are taken at the coarsest timeframe, in equal
        parts. None: majors-1h, or the project's own with its config.json where that is missing.
    begin, end
        Of the run, UTC; None for the first and the last candle.

    Raises
    ------
    BenchmarkError
        If there are no candles.
    """
    if datadir is None:
        datadir = SHARED_CANDLES if SHARED_CANDLES.is_dir() else OWN_CANDLES
    datadir = datadir.resolve()
    folder = CandleFolder.open(datadir)
    config = _own_config() if datadir == OWN_CANDLES else _equal_config(folder)
    step = timedelta(milliseconds=timeframe_ms(config["timeframe"]))
    recorded = _recorded(folder, config["exchange"]["pair_whitelist"], config["timeframe"], step)
    span = Span(
        max(recorded.begin, begin or recorded.begin), min(recorded.end, end or recorded.end)
    )
    if span.end - span.begin < START_UP_CANDLES * step:
        raise BenchmarkError(f"{datadir}: too few candles of {config['timeframe']} in this time")
    return Ground(datadir, config, span, step)


def _own_config() -> dict[str, Any]:
    config: dict[str, Any] = json.loads((PROJECT / "config.json").read_text(encoding="utf-8"))
    return {**config, "rebalance": {"targets": config["rebalance"]["targets"]}}


def _equal_config(folder: CandleFolder) -> dict[str, Any]:
    pairs = [pair for pair in folder.pairs if pair.endswith(f"/{STAKE}")]
    if len(pairs) < 2:
        raise BenchmarkError(f"{folder.path}: holds fewer than two pairs in {STAKE}")
    timeframe = folder.timeframes(pairs[0])[-1]
    return make_config(pairs, {"targets": "equal"}, timeframe=timeframe, dry_run_wallet=WALLET)


def _recorded(folder: CandleFolder, pairs: list[str], timeframe: str, step: timedelta) -> Span:
    found = [folder.read(pair, timeframe) for pair in pairs]
    moments = [(c.opened[0], c.opened[-1]) for c in found if c is not None and len(c)]
    if not moments:
        raise BenchmarkError(f"{folder.path}: holds no candles of {timeframe}")
    first = min(begin for begin, _ in moments)
    last = max(end for _, end in moments)
    return Span(_moment(first), _moment(last) + step)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
