"""The scope of a backtest: pairs, candles, range, and how many rounds at most."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rebalancing.launch.configuration import Setup
from rebalancing.launch.progress import in_words
from sandbox.exchange.candles import CandleFolder, timeframe_ms

LONG = 60.0
"""Seconds from which on a run is announced as a long one."""

_DEFAULT_TIMEFRAME = "1h"  # of the strategy, where the configuration names none


@dataclass(frozen=True)
class Scope:
    """What is going to run.

    Attributes
    ----------
    pairs
        Those of the configuration.
    begin, end
        Opening times of the first and the last candle (UTC).
    rounds
        The most that the policy can make; None where prices decide.
    """

    pairs: tuple[str, ...]
    timeframe: str
    datadir: Path
    begin: datetime
    end: datetime
    rounds: int | None

    @property
    def candles(self) -> int:
        """Number of candles from the first to the last."""
        return int((self.end - self.begin) / timedelta(milliseconds=timeframe_ms(self.timeframe)))

    @property
    def seconds(self) -> float:
        """What freqtrade takes at most on an ordinary machine that is busy; 0 if unknown.

        Notes
        -----
        Fitted to the runs of docs/measurements.md: what a candle of a pair costs, what it costs for
        each order of that pair so far, and what a round costs for each order of each pair.
        """
        if self.rounds is None:
            return 0.0
        steps, orders = self.candles * len(self.pairs), self.rounds / 2
        trades = self.rounds * len(self.pairs)
        return 1e-4 * steps + (3.5e-6 * steps + 3.5e-4 * trades) * orders

    def lines(self) -> list[str]:
        """Say it for a person."""
        names = ", ".join(self.pairs[:6]) + (", ..." if len(self.pairs) > 6 else "")
        count = f"{len(self.pairs)} pairs" if len(self.pairs) != 1 else "1 pair"
        told = [
            f"{count}: {names}",
            f"{self.candles + 1:,} candles of {self.timeframe} in {self.datadir}, "
            f"{self.begin:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M}",
        ]
        if self.seconds >= LONG:
            told.append(
                f"a long run: up to {self.rounds:,} rounds of {len(self.pairs)} assets, "
                f"{in_words(self.seconds)} of work for freqtrade, whose time grows with the square "
                "of the orders; a longer period, or a threshold beside it, makes fewer"
            )
        return told


def scope_of(setup: Setup, candles: CandleFolder, period: timedelta | None) -> Scope | None:
    """Find it out; None where the pairs, the timeframe or the range are not known beforehand.

    Parameters
    ----------
    period
        Between rounds, if nothing else starts one; None for a policy that prices drive.

    Raises
    ------
    LaunchError
        If a file of candles is damaged.
    """
    from freqtrade.configuration import TimeRange

    timeframe = str(setup.config.get("timeframe") or _DEFAULT_TIMEFRAME)
    pairs = tuple(map(str, setup.config["exchange"].get("pair_whitelist", ())))
    read = [found for pair in pairs if (found := candles.read(pair, timeframe)) is not None]
    moments = [(int(found.opened[0]), int(found.opened[-1])) for found in read if len(found)]
    if not moments:
        return None
    wanted = TimeRange.parse_timerange(setup.config.get("timerange"))
    first, last = min(begin for begin, _ in moments), max(end for _, end in moments)
    begin = max(first, wanted.startts * 1000 if wanted.starttype == "date" else 0)
    end = min(last, wanted.stopts * 1000) if wanted.stoptype == "date" else last
    if begin >= end:
        return None
    moment, until = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (begin, end))
    rounds = None if period is None else int((until - moment) / period) + 1
    return Scope(pairs, timeframe, setup.datadir, moment, until, rounds)
