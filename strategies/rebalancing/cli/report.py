"""``rebalance report``: a page with what rebalancing did, what it cost, and what it was worth."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from rebalancing.cli.bot_options import userdir_option
from rebalancing.cli.refusals import RefusedError
from rebalancing.launch.errors import LaunchError

if TYPE_CHECKING:
    from rebalancing.performance.record import Record


@click.command()
@click.argument("sources", nargs=-1)
@click.option("--config", "-c", "configs", multiple=True, metavar="FILE",
              help="For a database or policies: the configuration, as for freqtrade.")  # fmt: skip
@userdir_option
@click.option("--datadir", type=click.Path(path_type=Path), help="Folder of the candles.")
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False),
              help="The page. Default: in user_data/plot.")  # fmt: skip
@click.option("--csv", "tables", type=click.Path(path_type=Path, file_okay=False),
              metavar="FOLDER", help="Write NAV, weights, rounds and fills there too.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the figures for scripts; no page.")
@click.option("--watch", type=click.FloatRange(min=0, min_open=True), metavar="MINUTES",
              help="Write the page again and again, until Ctrl-C.")  # fmt: skip
def report(
    sources: tuple[str, ...],
    configs: tuple[str, ...],
    userdir: str | None,
    datadir: Path | None,
    output: Path | None,
    tables: Path | None,
    as_json: bool,
    watch: float | None,
) -> None:
    """Write a page about SOURCES, side by side if there are several.

    A source is a backtest result (a zip file, or a folder for its newest one), the database of a
    bot (a file or a URL), or a JSON file of policies, which are simulated.

    Without SOURCES: the newest backtest; with --config and no SOURCES: that bot. The candles of
    a bot must have been downloaded. Nothing is served: the page is a file that needs no network.
    """
    if as_json and watch:
        raise click.UsageError("--json prints once, --watch writes a page: give one of them")
    while True:
        started = time.monotonic()
        try:
            make_report(
                *(sources, configs, datadir, output),
                userdir=userdir,
                tables=tables,
                as_json=as_json,
                quiet=bool(watch),
            )
        except RefusedError as error:
            if not watch:
                raise
            click.echo(f"Error: {error.message}", err=True)  # the bot may be just writing
        if not watch:
            return
        time.sleep(max(1.0, watch * 60 - (time.monotonic() - started)))


def make_report(
    sources: Sequence[str],
    configs: Sequence[str] = (),
    datadir: Path | None = None,
    output: Path | None = None,
    *,
    userdir: str | None = None,
    tables: Path | None = None,
    as_json: bool = False,
    quiet: bool = False,
) -> Path | None:
    """Read, print, and write the page.

    Parameters
    ----------
    sources : sequence of str
        Results and databases; none for the newest backtest, or for the bot of `configs`.
    configs : sequence of str
        Of the bots.
    output : Path or None
        The page; None for one in ``plot`` of the user folder, named after its source.
    userdir : str or None
        The user folder; None for ``user_data``.
    tables : Path or None
        Folder for tables as CSV; None for none.
    as_json : bool
        Print JSON and write no page.
    quiet : bool
        Print the path only.

    Returns
    -------
    Path or None
        The page, if one was written.

    Raises
    ------
    RefusedError
        If something cannot be read or written: one line.
    """
    from freqtrade.exceptions import FreqtradeException
    from sqlalchemy.exc import SQLAlchemyError

    from rebalancing.report.csv_files import save_csv
    from rebalancing.report.gather import gather
    from rebalancing.report.page_file import page_name, save_page
    from rebalancing.report.terminal import print_findings

    try:
        named = list(sources) or _default_source(configs, userdir)
        found = gather(
            named,
            lambda url: _configuration(configs, url, userdir),
            datadir,
            lambda file: _simulated(file, configs, datadir, userdir),
        )
        if tables is not None:
            save_csv(found, tables)
        if as_json:
            click.echo(_json(found))
            return None
        file = output or _folder(userdir) / "plot" / page_name(found)
        save_page(found, file)
    except (ValueError, OSError, FreqtradeException, SQLAlchemyError) as error:
        raise RefusedError(" ".join(str(error).split())) from error
    if not quiet:
        print_findings(found, Console())
    if tables is not None:
        click.echo(f"Tables: {tables}")
    click.echo(f"Report: {file}")
    return file


def _folder(userdir: str | None) -> Path:
    return Path(userdir or "user_data")


def _default_source(configs: Sequence[str], userdir: str | None) -> list[str]:
    if not configs:
        return [str(_folder(userdir) / "backtest_results")]
    from rebalancing.cli.bot_options import Bot, bot_configuration

    return [str(bot_configuration(Bot(tuple(configs), None, userdir))["db_url"])]


def _configuration(configs: Sequence[str], url: str | None, userdir: str | None) -> dict[str, Any]:
    from rebalancing.cli.bot_options import Bot, bot_configuration

    return bot_configuration(Bot(tuple(configs), url, userdir))


def _simulated(
    file: Path, configs: Sequence[str], datadir: Path | None, userdir: str | None
) -> Sequence[Record]:
    from rebalancing.launch.simulated import Asked
    from rebalancing.launch.simulated_records import simulated_records

    asked = Asked(tuple(configs), datadir, None if userdir is None else Path(userdir))
    try:
        with Console(stderr=True).status("simulating"):
            return simulated_records(file, asked)
    except LaunchError as error:
        raise RefusedError(str(error)) from None


def _json(found: dict[str, Any]) -> str:
    from rebalancing.report.figures import as_json

    figures = {name: as_json(f) for name, f in found.items()}
    return json.dumps(figures, default=str, indent=2, allow_nan=False)
