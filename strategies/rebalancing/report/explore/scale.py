"""An axis of a search as a chart shows it: neighbouring values share a place if there are many."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rebalancing.config.durations import parse_duration
from rebalancing.explore.exploration import Axis, Exploration, Whole
from rebalancing.report.chart import plain
from rebalancing.report.explore.policy_words import axis_title

TICKS = 10
"""Values that are written at an axis: as many as a narrow screen has room for."""

LONGEST = 20
"""Letters of a name at an axis; more would leave no room for the chart."""


@dataclass(frozen=True, eq=False)
class Scale:
    """The places of an axis, from 0.

    Parameters
    ----------
    axis : Axis
        What was swept.
    steps : int array, shape (policies,)
        The value that each policy has; -1 where there is none.
    most : int
        Places that there may be.
    """

    axis: Axis
    steps: Whole
    most: int

    @property
    def count(self) -> int:
        """How many places there are."""
        return min(self.most, len(self.axis.values))

    @property
    def title(self) -> str:
        """Its name for people."""
        return axis_title(self.axis.name)

    @property
    def places(self) -> Whole:
        """The place of each policy; -1 where there is none."""
        shared: Whole = self.steps * self.count // len(self.axis.values)
        return shared

    def position(self, value: Any) -> float | None:
        """Find where a value stands, between its neighbours if it was not swept.

        Returns
        -------
        float or None
            None if it is outside, or cannot be compared.
        """
        step = _step(self.axis.values, value)
        if step is None:
            return None
        if self.count == len(self.axis.values):
            return step
        return (step + 0.5) * self.count / len(self.axis.values) - 0.5

    def layout(self, **more: Any) -> dict[str, Any]:
        """Return plotly's axis."""
        values = len(self.axis.values)
        firsts = [-(-place * values // self.count) for place in range(self.count)]
        ticks = range(0, self.count, -(-self.count // TICKS))
        return {
            "range": [-0.5, self.count - 0.5],
            "tickvals": [*ticks],
            "ticktext": [plain(self._short(firsts[tick])) for tick in ticks],
            "title": {"text": plain(self.title), "standoff": 8},
            "showgrid": False,
            "zeroline": False,
            **more,
        }

    def _short(self, step: int) -> str:
        value, label = self.axis.values[step], self.axis.labels[step]
        if isinstance(value, float):
            return f"{value:.3g}"
        return label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}\u2026"


def scales_of(found: Exploration, most: int) -> list[Scale]:
    """Return the scales of all axes that have more than one value."""
    return [
        Scale(axis, found.steps[:, number], most)
        for number, axis in enumerate(found.axes)
        if len(axis.values) > 1
    ]


def _step(values: tuple[Any, ...], wanted: Any) -> float | None:
    if wanted in values:
        return float(values.index(wanted))
    number, numbers = _number(wanted), [_number(value) for value in values]
    if number is None:
        return None
    for step, (left, right) in enumerate(pairwise(numbers)):
        if left is None or right is None or left == right:
            continue
        if min(left, right) <= number <= max(left, right):
            return step + (number - left) / (right - left)
    return None


def _number(value: Any) -> float | None:
    """Return a fraction, or a duration's seconds; None for what is neither."""
    if isinstance(value, str):
        try:
            return parse_duration(value).total_seconds()
        except ValueError:
            return None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
