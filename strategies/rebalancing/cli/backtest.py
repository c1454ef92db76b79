"""``rebalance backtest``: freqtrade's backtesting, its summary and its page."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from rebalancing.cli.freqtrade_command import end_with, freqtrade_command, online_option
from rebalancing.launch.errors import local_exchange_needed


def _pages(_: click.Context, __: click.Parameter, given: str) -> int | None:
    """Read how many pages stay: a number, or all of them, which is None."""
    if given == "all":
        return None
    if not given.isdecimal():
        raise click.BadParameter(f'{given!r} is neither a number nor "all"')
    return int(given)


@freqtrade_command("backtest")
@online_option
@click.option(
    "--pages",
    callback=_pages,
    default="20",
    show_default=True,
    metavar="NUMBER|all",
    help="Pages of backtests that stay in the folder plot: the newest, or all. 0 writes none.",
)
def backtest(online: bool, verbose: bool, pages: int | None, arguments: tuple[str, ...]) -> None:
    """Backtest SmartRebalance with config.json, without network.

    What freqtrade prints goes to a log in user_data/logs, unless it is wanted with --verbose. All
    further arguments are those of "freqtrade backtesting" and win over the defaults, e.g.
    --config my.json, --datadir FOLDER, --timerange 20210101-20211231, --fee 0.001,
    --timeframe-detail 5m, --strategy-list A B. "freqtrade backtesting --help" lists them all.
    A --config given replaces config.json.
    """

    def run() -> int:
        with local_exchange_needed("backtest"):
            from rebalancing.launch import backtest as launch
            from rebalancing.launch.asked import Asked

            asked = Asked(arguments, online=online, verbose=verbose, pages=pages)
            return launch.backtest(asked, partial(_print_summary, pages=pages))

    end_with(run)


def _print_summary(result: Path, datadir: Path, *, pages: int | None) -> None:
    from rebalancing.cli.report import make_report
    from rebalancing.cli.summary import print_summary
    from rebalancing.report.kept_files import keep_newest
    from rebalancing.report.page_file import page_beside, pages_of_backtests

    print_summary(result, datadir)
    if pages == 0:
        return
    page = page_beside(result)
    make_report([str(result)], datadir=datadir, output=page, quiet=True)
    if pages is not None:
        keep_newest(pages_of_backtests(page.parent), pages)
