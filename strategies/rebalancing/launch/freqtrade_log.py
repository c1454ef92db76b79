"""freqtrade's log, read while it is written: what of it a person is told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_HEAD = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - (?P<source>\S+) - (?P<level>[A-Z]+) - (?P<text>.*)"
)
_OURS = ("SmartRebalance", "rebalancing")
_POLICY = "Policy: "
_MAIN = "freqtrade"
_SWALLOWED = "freqtrade.strategy.strategy_wrapper"


@dataclass(frozen=True)
class Entry:
    """A line of the log, and those that follow it without a head of their own.

    Attributes
    ----------
    source
        The logger's name.
    """

    source: str
    level: str
    text: str
    rest: tuple[str, ...] = ()

    @property
    def is_ours(self) -> bool:
        """The strategy or its package says it."""
        return self.source.split(".")[0] in _OURS

    @property
    def news(self) -> str | None:
        """What is said at once: the policy that runs, and warnings of the strategy."""
        if self.is_ours and self.level == "WARNING":
            return f"warning: {self.text}"
        return self.text if self.is_ours and self.text.startswith(_POLICY) else None

    @property
    def is_swallowed(self) -> bool:
        """An error of the strategy, after which freqtrade went on as if there were none."""
        return self.source == _SWALLOWED and self.level in ("WARNING", "ERROR")

    @property
    def problems(self) -> tuple[str, ...]:
        """What went wrong, a line each; empty where nothing did."""
        if self.level not in ("ERROR", "CRITICAL"):
            return ()
        if self.source != _MAIN:
            return (self.text,)
        if any(line.startswith("Traceback") for line in self.rest):
            return (f"{self.text} {self.rest[-1]}",)  # the last line names the exception
        return (self.text, *self.rest)


class LogTail:
    """Reads a log from its beginning, each entry once.

    Parameters
    ----------
    file
        It may be missing yet.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._offset = 0
        self._unfinished = ""

    def new(self, *, ended: bool = False) -> list[Entry]:
        """Return the entries that have come whole since the last call.

        Parameters
        ----------
        ended
            Nothing more will be written: the last entry is whole too.
        """
        try:
            with self._file.open("rb") as stream:
                stream.seek(self._offset)
                added = stream.read()
        except FileNotFoundError:
            return []
        if not ended:
            added = added[: added.rfind(b"\n") + 1]
        self._offset += len(added)
        text = self._unfinished + added.decode(errors="replace")
        starts = [match.start() for match in re.finditer(_HEAD.pattern, text, re.MULTILINE)]
        end = len(text) if ended or not starts else starts[-1]
        self._unfinished = text[end:] if starts else text
        return list(_entries(text[:end])) if starts else []

    def last_lines(self, count: int) -> tuple[str, ...]:
        """Return the last lines that are not empty, whatever they are."""
        lines = self._file.read_text(encoding="utf-8", errors="replace").splitlines()
        return tuple(line for line in lines if line.strip())[-count:]


def _entries(text: str) -> Iterator[Entry]:
    head: re.Match[str] | None = None
    rest: list[str] = []
    for line in text.splitlines():
        found = _HEAD.match(line)
        if found is None:
            rest.append(line)
            continue
        if head is not None:
            yield _entry(head, rest)
        head, rest = found, []
    if head is not None:
        yield _entry(head, rest)


def _entry(head: re.Match[str], rest: list[str]) -> Entry:
    kept = tuple(line.rstrip() for line in rest if line.strip())
    return Entry(head["source"], head["level"], head["text"].rstrip(), kept)
