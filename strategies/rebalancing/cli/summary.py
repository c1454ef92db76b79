"""``rebalance summary``: what a backtest was worth."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from rebalancing.cli.refusals import RefusedError
from rebalancing.config.policy_words import describe
from rebalancing.performance.candle_spans import candle_spans
from rebalancing.performance.record import Record
from rebalancing.performance.summary import Summary, summarise


@click.command()
@click.argument("result", type=click.Path(path_type=Path), default="user_data/backtest_results")
@click.option("--datadir", type=click.Path(path_type=Path), help="Folder of the candles.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def summary(result: Path, datadir: Path | None, as_json: bool) -> None:
    """Print what a backtest RESULT was worth: a zip file, or a folder for its newest one."""
    print_summary(result, datadir, as_json)


def print_summary(result: Path, datadir: Path | None = None, as_json: bool = False) -> None:
    """Print the figures of a backtest result.

    Parameters
    ----------
    result : Path
        The exported zip file, or a folder that holds freqtrade's note of its newest one.
    datadir : Path or None
        freqtrade's folder of candles, needed for coins whose candles start late or end early;
        None for the project's own, if the result lies in a user_data folder.
    as_json : bool
        One JSON object, by name of the strategy, instead of tables.

    Raises
    ------
    RefusedError
        If the result cannot be read: one line.
    """
    from rebalancing.freqtrade_side.history.result import newest_result, read_records

    try:
        records = read_records(newest_result(result), datadir)
        found = {name: (record, summarise(record.history)) for name, record in records.items()}
    except ValueError as error:
        raise RefusedError(str(error)) from error
    if as_json:
        fields = {name: _fields(record, figures) for name, (record, figures) in found.items()}
        click.echo(json.dumps(fields, default=str, indent=2))
        return
    console = Console()
    for name, (record, figures) in found.items():
        console.print(_table(name, record, figures))
        for line in (*record.cautions, *record.remarks):
            console.print(f"Note: {line}", markup=False, highlight=False, soft_wrap=True)


def _fields(record: Record, figures: Summary) -> dict[str, object]:
    return {
        **asdict(figures),
        "premium": figures.premium,
        "premium_share": figures.premium_share,
        "policy": describe(record.settings),
        "policy_source": record.policy_source,
        "candles": [asdict(span) for span in candle_spans(record.history)],
        "cautions": record.cautions,
        "remarks": record.remarks,
    }


def _table(name: str, record: Record, figures: Summary) -> Table:
    from rebalancing.numbers import minute, money, percent, points

    stake = figures.stake
    gain = money(figures.premium, stake, "+")
    table = Table(title=f"Rebalancing: {name}", show_header=False, title_justify="left")
    table.add_column()
    table.add_column(justify="right")
    for label, value in (
        ("Policy", describe(record.settings)),
        ("Policy from", record.policy_source),
        ("From", minute(figures.begin)),
        ("To", minute(figures.end)),
        ("Rounds", f"{figures.rounds} ({figures.orders} orders)"),
        ("Turnover a year", f"{figures.turnover:.2f} x NAV"),
        ("Fees", f"{money(figures.fees, stake)} (at {figures.fee * 100:g} %)"),
        ("NAV", money(figures.nav, stake)),
        ("HODL NAV", money(figures.hodl_nav, stake)),
        ("Premium", f"{percent(figures.premium_share, '+')} of HODL ({gain})"),
        ("Largest drift", f"{points(figures.largest_drift, '+')}, {_where(figures)}"),
        ("Mean drift", points(figures.mean_drift)),
    ):
        table.add_row(label, value)
    return table


def _where(figures: Summary) -> str:
    from rebalancing.numbers import minute

    return f"{figures.largest_drift_of} {minute(figures.largest_drift_at)}"
