"""Bots that go on where a life with version 0.1.0 ended."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.bot_clock import let_time_pass
from tests.support.builders import PROJECT
from tests.support.live_bots import Ground, LiveBot
from tests.support.portfolio_bots import trading_bot

LIVES = PROJECT / "tests" / "live" / "version_0_1_0"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d{6}")
_MILLISECONDS = re.compile(r'(?<=_ms":)\d{13}')
_STATE = "'rebalance.state"


@contextmanager
def left_by_0_1_0(folder: Path, life: str) -> Iterator[tuple[Ground, LiveBot]]:
    """Give a bot of today, not started yet, with all that a bot of version 0.1.0 left.

    Parameters
    ----------
    life
        Name of a folder in ``tests/live/version_0_1_0``.

    Notes
    -----
    That life ended a minute ago.
    """
    left = LIVES / life
    journal = (left / "journal.jsonl").read_text()
    ended = datetime.fromisoformat(_MOMENT.findall(journal)[-1]).replace(tzinfo=UTC)
    by = datetime.now(UTC) - timedelta(minutes=1) - ended
    (folder / "ledger.jsonl").write_text(_later((left / "ledger.jsonl").read_text(), by))
    with trading_bot(folder, prices={"BTC": 120.0, "ETH": 10.0}) as (ground, bot):
        logs = bot.folder / "logs"
        logs.mkdir()
        (logs / "rebalance-trades.jsonl").write_text(_later(journal, by))
        # The state stands in pieces that may end within a time.
        lines = (left / "trades.sql").read_text().splitlines()
        script = "\n".join(line if _STATE in line else _later(line, by) for line in lines)
        with closing(sqlite3.connect(bot.records.database)) as database:
            database.executescript(script)
        let_time_pass(bot, -by.total_seconds())
        yield ground, bot


def _later(text: str, by: timedelta) -> str:
    def moment(found: re.Match[str]) -> str:
        moved = datetime.fromisoformat(found[0]) + by
        return moved.isoformat(found[0][10], "microseconds")

    def milliseconds(found: re.Match[str]) -> str:
        return str(int(found[0]) + by // timedelta(milliseconds=1))

    return _MILLISECONDS.sub(milliseconds, _MOMENT.sub(moment, text))
