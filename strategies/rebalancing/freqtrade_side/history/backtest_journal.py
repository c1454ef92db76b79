"""The journal of a backtest, beside its result: what rounds left out. freqtrade keeps orders only.

Our own command for backtests names it after the result. Where freqtrade runs by itself, a result is
named when all is over: the file is then found by when it was begun and by its rounds.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from freqtrade import __version__ as freqtrade_version
from freqtrade.enums import RunMode

from rebalancing.events.backtest import BacktestBegan
from rebalancing.freqtrade_side.records.journal_file import Journal, read_journal
from rebalancing.rounds.tag import round_tag
from rebalancing.version import __version__

logger = logging.getLogger(__name__)


def backtest_journal(config: Mapping[str, Any], strategy: str) -> Journal | None:
    """Begin the journal of a backtest; None for a run that leaves no result, as a hyperopt's.

    Parameters
    ----------
    config : mapping
        freqtrade's: ``runmode``, ``export`` and ``exportdirectory``.
    """
    folder, is_kept = config.get("exportdirectory"), config.get("export", "none") != "none"
    if config["runmode"] != RunMode.BACKTEST or not is_kept or folder is None:
        return None
    place = Path(folder)
    if not place.is_dir():  # freqtrade takes it for the beginning of a file's name
        place = place.parent
    milliseconds = int(datetime.now(UTC).timestamp() * 1000)
    try:
        journal = Journal(place / f"rebalance-{milliseconds}-{strategy}.jsonl")
    except ValueError as error:
        logger.warning(f"what rounds leave out is not recorded: {error}")
        return None
    journal.record(datetime.now(UTC), BacktestBegan(__version__, freqtrade_version))
    return journal


def backtest_events(
    result: Path, strategy: str, run: Mapping[str, Any], tags: Mapping[int, str]
) -> list[dict[str, Any]] | None:
    """Find the journal of a result.

    Parameters
    ----------
    result : Path
        Beside it the journal lies.
    run : mapping
        freqtrade's statistics of the strategy, which tell when it ran.
    tags : mapping of int to str
        By number of the round, its reason as in the order tags.

    Returns
    -------
    list of dict, or None
        Its events, oldest first; None if there is no journal, or none that is surely its own.
    """
    own = result.with_name(f"{result.stem}_{strategy}.jsonl")
    if own.is_file():
        events = _events(own)
        return events if _is_of(events, tags) else None
    name = re.compile(rf"rebalance-(\d+)-{re.escape(strategy)}\.jsonl")
    first, last = int(run["backtest_run_start_ts"]), int(run["backtest_run_end_ts"])
    found = []
    for file in result.parent.iterdir():
        match = name.fullmatch(file.name)
        if match and first <= int(match[1]) // 1000 <= last:
            events = _events(file)
            if _is_of(events, tags):
                found.append(events)
    return found[0] if len(found) == 1 else None


def _events(file: Path) -> list[dict[str, Any]]:
    return [event for event in read_journal(file) if isinstance(event, dict)]


def _is_of(events: list[dict[str, Any]], tags: Mapping[int, str]) -> bool:
    told = {str(event["tag"]) for event in events if "tag" in event}
    ordered = {round_tag(number, reason) for number, reason in tags.items()}
    open_at_the_end = round_tag(max(tags), tags[max(tags)])
    return bool(told) and ordered - {open_at_the_end} <= told
