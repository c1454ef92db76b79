"""Run freqtrade with its output in a log, and tell a person how far it is."""

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.process import termination_as_exit

_LOOK_EVERY = 2.0  # seconds
_UNWRAPPED = "4000"  # columns: a line of freqtrade's log is a line of the file


def run_logged(
    title: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    news: Callable[[], str],
) -> None:
    """Run a command to a good end.

    Parameters
    ----------
    title
        What is under way, for messages.
    log
        The new file that gets all it prints.
    news
        Asked every two seconds for a line to print; empty for none.

    Raises
    ------
    SandboxError
        If it failed: its errors, and the name of the log.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    variables = {**environment, "COLUMNS": _UNWRAPPED}
    with termination_as_exit(), log.open("wb") as output:
        process = subprocess.Popen(
            command, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            status = _wait(process, news)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    said = [_Said.of(line) for line in log.read_text("utf-8", "replace").splitlines()]
    for text in dict.fromkeys(line.text for line in said if line.is_warning_of_ours):
        print(f"warning: {text}", flush=True)
    errors = dict.fromkeys(line.text for line in said if line.is_error)
    if status or errors:
        told = "; ".join(errors) or f"it ended with status {status}"
        raise SandboxError(f"{title}: {told} (freqtrade's whole output is in {log})")


@dataclass(frozen=True)
class _Said:
    source: str
    level: str
    text: str

    @classmethod
    def of(cls, line: str) -> "_Said":
        """Read a line of freqtrade's log; one of another form says nothing."""
        parts = line.split(" - ", 3)
        return cls(parts[1], parts[2], parts[3].strip()) if len(parts) == 4 else cls("", "", "")

    @property
    def is_error(self) -> bool:
        """Something went wrong; asyncio's words on sockets left open do not count."""
        return self.level in ("ERROR", "CRITICAL") and self.source != "asyncio"

    @property
    def is_warning_of_ours(self) -> bool:
        """The strategy or its package warns."""
        ours = self.source.split(".")[0] in ("SmartRebalance", "rebalancing")
        return self.level == "WARNING" and ours


def _wait(process: subprocess.Popen[bytes], news: Callable[[], str]) -> int:
    while True:
        try:
            return process.wait(_LOOK_EVERY)
        except subprocess.TimeoutExpired:
            if line := news():
                print(line, flush=True)
