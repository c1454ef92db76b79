"""The epochs of a hyperopt, from the file that freqtrade writes them to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from rebalancing.numbers import percent

SPACE = "rebalance"
_DIGITS = 6  # of a threshold, which freqtrade draws with four and a rest of binary arithmetic


@dataclass(frozen=True)
class Epoch:
    """One policy that was tried.

    Attributes
    ----------
    values
        What was tried, by key of the ``rebalance`` block.
    objective
        What was minimised.
    improved
        It was better than all before it.
    figures
        rounds, premium (fraction of HODL), turnover (NAV a year), drawdown (fraction); None where
        another loss than RebalancingLoss judged it, or nothing was bought.
    """

    number: int
    values: Mapping[str, Any]
    objective: float
    improved: bool
    figures: Mapping[str, float] | None


def read_epochs(file: Path) -> list[Epoch]:
    """Read the epochs that are whole; the last line may still be written."""
    if not file.is_file():
        return []
    lines = file.read_text(encoding="utf-8").split("\n")[:-1]
    return [_epoch(json.loads(line)) for line in lines]


def _epoch(line: Mapping[str, Any]) -> Epoch:
    values = line["params_details"].get(SPACE, {})
    return Epoch(
        line["current_epoch"],
        {key: _rounded(value) for key, value in values.items()},
        line["loss"],
        line["is_best"],
        line["results_metrics"].get("rebalancing"),
    )


def _rounded(value: Any) -> Any:
    return round(value, _DIGITS) if isinstance(value, float) else value


def improvements(epochs: Sequence[Epoch]) -> Table:
    """Show the epochs that were better than all before them."""
    shown = [epoch for epoch in epochs if epoch.improved]
    keys = list(dict.fromkeys(key for epoch in shown for key in epoch.values))
    title = f"Improvements in {len(epochs)} epochs (premium in % of HODL, turnover in NAV a year)"
    table = Table(title=title, title_justify="left")
    for heading in ("Epoch", *keys, "Rounds", "Premium", "Turnover", "Drawdown"):
        table.add_column(heading, justify="right")
    table.add_column("Objective", justify="right")
    for epoch in shown:
        values = [str(epoch.values.get(key, "")) for key in keys]
        objective = f"{epoch.objective:.5f}"
        table.add_row(str(epoch.number), *values, *_figures(epoch.figures), objective)
    return table


def _figures(found: Mapping[str, float] | None) -> Sequence[str]:
    if found is None:
        return ("-",) * 4
    return (
        f"{found['rounds']:.0f}",
        percent(found["premium"], "+"),
        f"{found['turnover']:.2f}",
        percent(found["drawdown"]),
    )
