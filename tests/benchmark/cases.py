"""The runs of the benchmark, and what their comparison is to show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

WEEKLY = {"period": "7d", "threshold": 0.05}
DAILY = {"period": "24h", "threshold": 0.03}
FEWEST = {**DAILY, "scope": "fewest"}
ANY_TIME = {"threshold": 0.03}


@dataclass(frozen=True)
class Case:
    """One run.

    Attributes
    ----------
    policy
        What the ``rebalance`` block says besides the targets.
    span
        How much of the candles it sees.
    orders_of
        The case whose orders a baseline is given: it runs before.
    same_orders
        It must execute exactly these orders, or the comparison is void.
    report_of
        It runs no backtest but ``rebalance report`` on the result of this case, which runs before.
    """

    name: str
    meaning: str
    strategy: str
    policy: Mapping[str, Any]
    span: Literal["start-up", "month", "all"] = "all"
    orders_of: str | None = None
    same_orders: bool = False
    report_of: str | None = None


@dataclass(frozen=True)
class Goal:
    """A ratio of two cases, and what it has to be.

    Attributes
    ----------
    above, below
        The cases divided.
    limit
        At most this, or at least if `at_least`.
    quantity
        What is divided: time; time without the start-up; peak memory; mean drift.
    """

    meaning: str
    above: str
    below: str
    limit: float
    quantity: Literal["time", "time without start-up", "memory", "mean drift"] = "time"
    at_least: bool = False

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases it needs."""
        own = (self.above, self.below)
        return ("start-up", *own) if self.quantity == "time without start-up" else own


def _replay(name: str, meaning: str, source: str) -> Case:
    return Case(name, meaning, "Replay", {}, orders_of=source, same_orders=True)


_OURS = "SmartRebalance"
CASES = (
    Case("start-up", "start-up: three candles", _OURS, DAILY, "start-up"),
    Case("hold", "bought once and held", "Hold", {}, orders_of="start-up"),
    Case("weekly", "7d and 5 %", _OURS, WEEKLY),
    _replay("weekly-replay", "the orders of 7d and 5 %, replayed", "weekly"),
    Case("daily", "24h and 3 %", _OURS, DAILY),
    _replay("daily-replay", "the orders of 24h and 3 %, replayed", "daily"),
    Case("report", "the report of 24h and 3 %", _OURS, DAILY, report_of="daily"),
    Case("fewest", "24h and 3 %, scope fewest", _OURS, FEWEST),
    Case("month", "a month of 3 % at any time", _OURS, ANY_TIME, "month"),
    Case("recipe", "the same month, the usual recipe", "Recipe", ANY_TIME, "month"),
)
GOALS = (
    Goal("7d and 5 % : the same orders, replayed", "weekly", "weekly-replay", 1.10),
    Goal("24h and 3 % : the same orders, replayed", "daily", "daily-replay", 1.10),
    Goal("7d and 5 % : held", "weekly", "hold", 1.7),
    Goal("24h and 3 % : held", "daily", "hold", 2.9),
    Goal("24h and 3 %, fewest : held", "fewest", "hold", 1.8),
    Goal("24h and 3 % : held, peak memory", "daily", "hold", 1.2, "memory"),
    Goal("report of 24h and 3 % : start-up of freqtrade", "report", "start-up", 3.0),
    Goal("report of 24h and 3 % : held, peak memory", "report", "hold", 1.5, "memory"),
    Goal("24h and 3 %, fewest : all, mean drift", "fewest", "daily", 1.25, "mean drift"),
    Goal(
        "the usual recipe : SmartRebalance, a month, without start-up",
        "recipe",
        "month",
        4.0,
        "time without start-up",
        at_least=True,
    ),
)


def with_needed(names: Iterable[str]) -> tuple[Case, ...]:
    """Return the named cases and those whose orders they are given, in the order of running."""
    known = {case.name: case for case in CASES}
    wanted = set(names)
    for name in list(wanted):
        if source := known[name].orders_of or known[name].report_of:
            wanted.add(source)
    return tuple(case for case in CASES if case.name in wanted)
