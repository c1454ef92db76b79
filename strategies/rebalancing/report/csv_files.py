"""Values, weights, rounds and fills as CSV, for a spreadsheet or for other programs."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rebalancing.performance.executions import ADOPTED, CLOSING, INITIAL, OTHER, WITHDRAWN
from rebalancing.performance.summary import moment
from rebalancing.report.findings import Findings

Cell = float | int | str
Table = Iterable[Sequence[Cell]]

KINDS = {
    INITIAL: "initial",
    CLOSING: "closing",
    ADOPTED: "adopted",
    WITHDRAWN: "withdrawn",
    OTHER: "other",
}


def save_csv(all_findings: Mapping[str, Findings], folder: Path) -> list[Path]:
    """Write nav.csv, weights.csv, rounds.csv and fills.csv, in place of older ones.

    Parameters
    ----------
    all_findings : mapping of str to Findings
        By title; several have a folder each, which bears its title.
    folder : Path
        Made if it does not exist.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    OSError
        If one cannot be written.
    """
    written = []
    for title, findings in all_findings.items():
        place = folder / re.sub(r"[^\w.-]+", "-", title) if len(all_findings) > 1 else folder
        place.mkdir(parents=True, exist_ok=True)
        for name, table in (
            ("nav", _values(findings)),
            ("weights", _weights(findings)),
            ("rounds", _rounds(findings)),
            ("fills", _fills(findings)),
        ):
            file = place / f"{name}.csv"
            with file.open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream).writerows(map(_as_text, row) for row in table)
            written.append(file)
    return written


def _values(findings: Findings) -> Iterator[Sequence[Cell]]:
    yield "time", "nav", "hodl_nav", "premium", "premium_share", "flow", "units", "hodl_units"
    yield from zip(
        _times(findings),
        *(findings.nav, findings.hodl_nav, findings.premium, findings.premium_path.share),
        *(findings.flows, findings.units, findings.hodl_units),
        strict=True,
    )


def _weights(findings: Findings) -> Iterator[Sequence[Cell]]:
    yield "time", *findings.record.history.assets
    for time, weights in zip(_times(findings), findings.weights.tolist(), strict=True):
        yield time, *weights


def _rounds(findings: Findings) -> Iterator[Sequence[Cell]]:
    assets = findings.record.history.assets
    sides = [f"{side}_{asset}" for side in ("before", "after") for asset in assets]
    yield "round", "time", "reason", "nav", "orders", "turnover", "fees", *sides
    for row in findings.rows:
        head = row.number, _time(row.time), row.reason, row.nav, len(row.trades)
        yield (*head, row.turnover, row.fees, *row.before.tolist(), *row.after.tolist())


def _fills(findings: Findings) -> Iterator[Sequence[Cell]]:
    history, orders = findings.record.history, findings.record.history.executions
    yield "time", "round", "asset", "amount", "price", "notional", "fee"
    for row, time in enumerate(orders.time.tolist()):
        number = int(orders.round[row])
        yield (
            _time(time),
            KINDS.get(number, number),
            history.assets[orders.asset[row]],
            float(orders.amount[row]),
            float(orders.price[row]),
            float(orders.notional[row]),
            float(orders.fees[row]),
        )


def _times(findings: Findings) -> list[str]:
    return [_time(time) for time in findings.record.history.time.tolist()]


def _time(seconds: float) -> str:
    return moment(seconds).isoformat()


def _as_text(cell: Cell) -> Cell:
    """Keep a text from a foreign file a text where a spreadsheet would take it for a formula."""
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{cell}"
    return cell if isinstance(cell, str | int) else float(cell)
