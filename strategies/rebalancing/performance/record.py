"""A portfolio's history with what is known about it besides: where from, which policy, why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rebalancing.config.settings import Settings
from rebalancing.performance.executions import CLOSING
from rebalancing.performance.history import History


@dataclass(frozen=True)
class LeftOut:
    """A trade that a round wanted and did not make.

    Parameters
    ----------
    size : float
        Stake currency, buys positive.
    """

    asset: str
    size: float
    why: str


@dataclass(frozen=True)
class RoundNote:
    """What a journal tells of a round that its orders do not.

    Parameters
    ----------
    outcome : str
        How it ended; empty if it has not.
    left_out : tuple of LeftOut
        Trades not made.
    cost : float or None
        Stake currency: fees, and what prices moved against the plan; None if it is not known.
    """

    outcome: str
    left_out: tuple[LeftOut, ...]
    cost: float | None


@dataclass(frozen=True, eq=False)
class Record:
    """All that is known of a portfolio's run.

    Parameters
    ----------
    name : str
        Of the strategy, or of the bot.
    kind : str
        "backtest", "dry-run" or "live".
    source : str
        Name of the file or the database.
    timeframe : str
        Of the moments, like "1h".
    history : History
        Moment by moment.
    tags : mapping of int to str
        By number of the round, its reason as in the order tags.
    journal : mapping of int to RoundNote, or None
        By number of the round; None where none was kept.
    remarks : tuple of str
        What a reader has to know about the data, a sentence each.
    cautions : tuple of str
        What of the configuration is allowed and probably not meant, a sentence each.
    exchange : str
        Whose markets and candles; empty if it is not known.
    detail : str
        Timeframe of the candles within which orders filled; empty for none.
    policy_source : str
        Where `settings` come from: "configuration", or a file that overrode it and how.
    versions : tuple of str and str
        Of the package and of freqtrade that ran; empty where it is not known.
    """

    name: str
    kind: str
    source: str
    timeframe: str
    history: History
    settings: Settings
    tags: Mapping[int, str]
    journal: Mapping[int, RoundNote] | None = None
    remarks: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    exchange: str = ""
    detail: str = ""
    policy_source: str = "configuration"
    versions: tuple[str, str] = ("", "")

    @property
    def is_sold(self) -> bool:
        """It ended with everything sold, as a backtest does."""
        return bool((self.history.executions.round == CLOSING).any())
