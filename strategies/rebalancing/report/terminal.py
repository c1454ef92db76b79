"""A report for the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rebalancing.report.figure import FOR_SCRIPTS
from rebalancing.report.figures import figures_of
from rebalancing.report.findings import Findings
from rebalancing.report.words import verdict, warnings


def print_findings(all_findings: Mapping[str, Findings], console: Console) -> None:
    """Print the figures, a column for each result, and what is to be said of it."""
    table = Table(title="Rebalancing", title_justify="left")
    table.add_column()
    for name in all_findings:
        table.add_column(escape(name), justify="right")
    columns = [figures_of(findings) for findings in all_findings.values()]
    group = ""
    for row in zip(*columns, strict=True):
        if all(item.group == FOR_SCRIPTS for item in row):
            continue
        own = next(item.group for item in row if item.group != FOR_SCRIPTS)
        if own != group and group:
            table.add_section()
        group = own
        table.add_row(row[0].label, *(escape(item.text) for item in row))
    console.print(table)
    for name, findings in all_findings.items():
        before = f"{name}: " if len(all_findings) > 1 else ""
        for line in (
            verdict(findings),
            *warnings(findings),
            *findings.record.cautions,
            *findings.record.remarks,
        ):
            console.print(f"{before}{line}", markup=False, highlight=False, soft_wrap=True)
