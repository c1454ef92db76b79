"""The tables of a benchmark: for the terminal and for docs/measurements.md."""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmark.cases import GOALS, Goal
from tests.benchmark.ground import Ground
from tests.benchmark.run import Measured

CASE_TITLES = ("Run", "Time, s", "from - to", "CPU, s", "Peak, MB", "Orders")
GOAL_TITLES = ("Compared", "Ratio", "of CPU times", "Goal", "")
BUSY = 0.9
"""Share of its time that a run computes on a machine that does nothing else, at least."""


@dataclass(frozen=True)
class Report:
    """What is shown.

    Attributes
    ----------
    caption
        What was run, when and on what machine.
    cases, goals
        Rows of text, as wide as their titles.
    """

    caption: str
    cases: Sequence[tuple[str, ...]]
    goals: Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class Ratio:
    """A goal's ratio: the one it is about, and with a time also that of the CPU times."""

    value: float | None
    by_cpu: float | None = None

    def meets(self, goal: Goal) -> bool | None:
        """Tell whether it is as wanted; None if nothing could be measured."""
        if self.value is None:
            return None
        return self.value >= goal.limit if goal.at_least else self.value <= goal.limit


def make_report(ground: Ground, measured: Mapping[str, Measured], repeats: int) -> Report:
    """Put the figures of a run together."""
    reached = [goal for goal in GOALS if set(goal.cases) <= measured.keys()]
    caption = (
        f"{ground.title}. {_times(repeats)} {machine()}, {datetime.now(UTC):%Y-%m-%d}. "
        f"{_noise(measured)}"
    )
    return Report(
        caption.strip(),
        [_case_row(found) for found in measured.values()],
        [_goal_row(goal, ratio_of(goal, measured)) for goal in reached],
    )


def ratio_of(goal: Goal, measured: Mapping[str, Measured]) -> Ratio:
    """Divide what the goal divides."""
    above, below = measured[goal.above], measured[goal.below]
    if goal.quantity == "memory":
        return Ratio(_divided(above.usage.memory, below.usage.memory))
    if goal.quantity == "mean drift":
        return Ratio(_divided(above.mean_drift or 0.0, below.mean_drift or 0.0))
    wall = cpu = 0.0
    if goal.quantity == "time without start-up":
        wall, cpu = measured["start-up"].usage.wall, measured["start-up"].usage.cpu
    return Ratio(
        _divided(above.usage.wall - wall, below.usage.wall - wall),
        _divided(above.usage.cpu - cpu, below.usage.cpu - cpu),
    )


def machine() -> str:
    """Describe the machine and the programs in a few words."""
    return (
        f"{os.cpu_count()} cores ({_processor()}), {platform.system()}, "
        f"Python {platform.python_version()}, freqtrade {version('freqtrade')}"
    )


def print_tables(report: Report, console: Console) -> None:
    """Print for people."""
    console.print(report.caption, style="dim", highlight=False)
    for titles, rows in ((CASE_TITLES, report.cases), (GOAL_TITLES, report.goals)):
        table = Table()
        for number, title in enumerate(titles):
            table.add_column(title, justify="right" if number else "left")
        for row in rows:
            table.add_row(*row)
        if rows:
            console.print(table)


def markdown(report: Report) -> str:
    """Write for docs/measurements.md."""
    parts = []
    for titles, rows in ((GOAL_TITLES, report.goals), (CASE_TITLES, report.cases)):
        rule = ["---"] + ["---:"] * (len(titles) - 1)
        parts.append("\n".join(f"| {' | '.join(row)} |" for row in (titles, rule, *rows)))
    return "\n\n".join([*parts, report.caption])


def _case_row(found: Measured) -> tuple[str, ...]:
    walls = [usage.wall for usage in found.usages]
    return (
        found.case.meaning,
        f"{found.usage.wall:.1f}",
        f"{min(walls):.1f} - {max(walls):.1f}",
        f"{found.usage.cpu:.1f}",
        f"{found.usage.memory:.0f}",
        f"{len(found.orders):,}",
    )


def _goal_row(goal: Goal, ratio: Ratio) -> tuple[str, ...]:
    sign = "at least" if goal.at_least else "at most"
    verdict = {True: "met", False: "missed", None: "too short"}[ratio.meets(goal)]
    shown = (_number(ratio.value), _number(ratio.by_cpu))
    return goal.meaning, *shown, f"{sign} {goal.limit:.2f}", verdict


def _divided(above: float, below: float) -> float | None:
    return above / below if above > 0 and below > 0 else None


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _times(repeats: int) -> str:
    return "Each run once." if repeats == 1 else f"Medians of {repeats} runs each."


def _noise(measured: Mapping[str, Measured]) -> str:
    """Say what speaks against the figures: runs that differ, and processes that had to wait."""
    said = []
    walls = [[usage.wall for usage in found.usages] for found in measured.values()]
    if any(len(times) > 1 for times in walls):
        spread = max(max(times) / min(times) - 1 for times in walls)
        said.append(f"Runs of one kind differ by up to {spread:.0%}.")
    computed = sum(usage.cpu for found in measured.values() for usage in found.usages)
    share = computed / sum(map(sum, walls))
    if share < BUSY:
        said.append(f"The machine was busy: a processor was free {share:.0%} of the time only.")
    return " ".join(said)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
