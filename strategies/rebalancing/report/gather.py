"""The records a report is about, from what a person names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rebalancing.freqtrade_side.history.bot_history import read_bot
from rebalancing.freqtrade_side.history.result import newest_result, read_records
from rebalancing.performance.record import Record
from rebalancing.report.findings import Findings

POLICIES = ".json"
SQLITE = b"SQLite format 3\0"

BotConfiguration = Callable[[str | None], Mapping[str, Any]]
"""Gives freqtrade's complete configuration of the bot with this database."""


Simulated = Callable[[Path], Sequence[Record]]
"""Gives the records of the policies in a file."""


def gather(
    sources: Sequence[str],
    configuration: BotConfiguration,
    datadir: Path | None,
    simulated: Simulated,
) -> dict[str, Findings]:
    """Read everything that is named.

    Parameters
    ----------
    sources : sequence of str
        Results of backtests (zip files, or folders for their newest one), databases (files
        or URLs), and policies to be simulated (JSON files).
    configuration : callable
        Gives the configuration of a bot; asked only for databases.
    simulated : callable
        Simulates; asked only for policies.

    Returns
    -------
    dict of str to Findings
        By a title that is theirs alone, in the order given.

    Raises
    ------
    ValueError
        If one cannot be read: one line.
    """
    records: list[Record] = []
    for source in sources:
        url = database_url(source)
        if url is not None:
            records.append(read_bot(configuration(url), datadir))
        elif source.endswith(POLICIES):
            records += simulated(Path(source))
        else:
            records += read_records(newest_result(Path(source)), datadir).values()
    names = Counter(record.name for record in records)
    titles: dict[str, Findings] = {}
    for record in records:
        title = record.name if names[record.name] == 1 else f"{record.name} ({record.source})"
        number = 2
        while title in titles:
            title, number = f"{record.name} ({record.source}, {number})", number + 1
        findings = Findings(record)
        _ = findings.summary  # or say now that it cannot be done
        titles[title] = findings
    return titles


def database_url(source: str) -> str | None:
    """Return the URL of a database, which may be named by its file; None if it is none."""
    if "://" in source:
        return source
    path = Path(source)
    try:
        with path.open("rb") as file:
            if file.read(len(SQLITE)) != SQLITE:
                return None
    except OSError:
        return None
    return f"sqlite:///{path.absolute()}"
