"""The command ``python -m sandbox``."""

import sys
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import click

from sandbox.exchange.errors import SandboxError

_INTERRUPTED = 130


@click.group()
def main() -> None:
    """Replay recorded candles on this machine, as a local exchange for freqtrade.

    It speaks Binance's spot API on 127.0.0.1, so that freqtrade runs without network. It holds no
    real money and knows no keys but its own.
    """


def _freqtrade_command(short_help: str) -> Callable[[Callable[..., None]], click.Command]:
    """Make a command that passes on to freqtrade whatever it does not know itself."""

    def decorated(command: Callable[..., None]) -> click.Command:
        command = click.argument(
            "arguments", nargs=-1, type=click.UNPROCESSED, metavar="[FREQTRADE ARGUMENTS]..."
        )(command)
        command = click.option(
            "--verbose", is_flag=True, help="Show all that freqtrade prints; its own is -v."
        )(command)
        settings = {"ignore_unknown_options": True, "help_option_names": ["-h", "--help"]}
        return main.command(context_settings=settings, short_help=short_help)(command)

    return decorated


def _pages(_: click.Context, __: click.Parameter, given: str) -> int | None:
    """Read how many pages stay: a number, or all of them, which is None."""
    if given == "all":
        return None
    if not given.isdecimal():
        raise click.BadParameter(f'{given!r} is neither a number nor "all"')
    return int(given)


_online = click.option(
    "--online", is_flag=True, help="Take the markets from the real exchange instead."
)


@_freqtrade_command("Backtest against the local exchange.")
@_online
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
        from sandbox.backtest import Asked
        from sandbox.backtest import backtest as run_backtest

        asked = Asked(arguments, online=online, verbose=verbose, pages=pages)
        return run_backtest(asked, partial(_print_summary, pages=pages))

    sys.exit(_status(run))


@_freqtrade_command("Optimise period and threshold against the local exchange.")
@_online
@click.option("--write", is_flag=True, help="Write the best values into the configuration.")
@click.option(
    "--turnover-weight",
    type=click.FloatRange(0, 100),
    help="Premium, a fraction of HODL, that a turnover of one NAV a year must earn. Default: 0.",
)
@click.option(
    "--drawdown-weight",
    type=click.FloatRange(0, 100),
    help="Premium that a drawdown of the whole portfolio must earn. Default: 0.",
)
def hyperopt(arguments: tuple[str, ...], **wishes: Any) -> None:
    """Search the best period and threshold for config.json, without network.

    It minimises RebalancingLoss: the premium over holding, after fees, less what turnover and
    drawdown are said to cost. No parameter file is left: what is found is printed as lines for the
    configuration. All further arguments are those of "freqtrade hyperopt" and win over the
    defaults, e.g. --epochs 50, --job-workers 2, --hyperopt-loss NAME.
    """

    def run() -> int:
        from sandbox.hyperopt import Search
        from sandbox.hyperopt import hyperopt as run_hyperopt

        return run_hyperopt(Search(arguments, **wishes))

    sys.exit(_status(run))


@_freqtrade_command("Download candles of the configured exchange.")
def data(verbose: bool, arguments: tuple[str, ...]) -> None:
    """Download the candles that config.json trades, from its exchange.

    All further arguments are those of "freqtrade download-data" and win over the defaults, which
    are 1000 days and the timeframe of the configuration, e.g. --timeframes 5m,
    --timerange 20210101-, --config my.json.
    """

    def run() -> int:
        from sandbox.backtest import Asked
        from sandbox.download import download

        return download(Asked(arguments, verbose=verbose))

    sys.exit(_status(run))


@main.command("dry-run", short_help="Let a bot trade on the local exchange, at speed.")
@click.option(
    "--config",
    "-c",
    "configs",
    multiple=True,
    metavar="FILE",
    help="freqtrade's configuration; repeat it for several. Default: config.json.",
)
@click.option(
    "--datadir",
    type=click.Path(path_type=Path),
    help="Folder with freqtrade's candles. Default: freqtrade's.",
)
@click.option(
    "--speed",
    type=click.IntRange(min=1),
    help="How many times faster than recorded prices move. Default: 240, 4h in a minute.",
)
def dry_run_command(configs: tuple[str, ...], datadir: Path | None, speed: int | None) -> None:
    """Start the local exchange and a bot that trades on it, simulated, until Ctrl-C.

    Recorded prices pass so fast, and the policy is so eager, that a round happens every minute or
    so. Targets and investment are those of the configuration. Nothing leaves this machine.
    """

    def run() -> int:
        from sandbox.dry_run import dry_run
        from sandbox.dry_run_view import shown

        return dry_run(shown, configs=configs, datadir=datadir, speed=speed)

    sys.exit(_status(run))


@main.command("serve", short_help="Serve the exchange until Ctrl-C.")
@click.option(
    "--datadir",
    type=click.Path(path_type=Path),
    help="Folder with freqtrade's candles. Default: none, so that no pair has a price.",
)
@click.option("--pairs", help="Pairs, separated by commas. Default: all in the folder.")
@click.option("--stake", help="Of the folder's pairs, only those of this stake currency.")
@click.option("--host", default="127.0.0.1", show_default=True, help="No other is accepted.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: any free one.")
@click.option(
    "--balance",
    "balances",
    multiple=True,
    metavar="ASSET=AMOUNT",
    help="Give the exchange an account with this; repeat it for several assets.",
)
@click.option("--maker-fee", type=Decimal, default="0.001", show_default=True)
@click.option("--taker-fee", type=Decimal, default="0.001", show_default=True)
@click.option(
    "--fee-asset",
    type=click.Choice(["received", "quote", "BNB"]),
    default="received",
    show_default=True,
    help="What fees are paid in.",
)
@click.option("--start", type=click.DateTime(), help="Let the candles pass from here (UTC).")
@click.option("--speed", type=float, default=1.0, help="How many times faster. Default: 1.")
@click.option("--spread", type=Decimal, default="0", help="Between bid and ask, 0.001 is 0.1 %.")
@click.option(
    "--level-value", type=Decimal, help="Quote currency on each level. Default: no limit."
)
@click.option(
    "--rules",
    "rules_file",
    type=click.Path(path_type=Path),
    help="JSON file with market rules by pair. Default: Binance's for well-known pairs.",
)
@click.option(
    "--ledger", type=click.Path(path_type=Path), help="Keep the account in this JSON-lines file."
)
@click.option(
    "--keys",
    "keys_file",
    type=click.Path(path_type=Path),
    help="JSON file with the sandbox's key and secret. Default: new ones, printed once.",
)
@click.option(
    "--overlay",
    "overlay_file",
    type=click.Path(path_type=Path),
    help="Write a freqtrade configuration with the address here, and the keys of an account.",
)
@click.option("--seed", type=int, default=0, help="Of the faults that come by chance.")
def serve_command(**wishes: Any) -> None:
    """Serve the exchange and print its address; stop with Ctrl-C.

    A price is that of the last recorded candle, or with --start it moves as the candles did. At
    --speed 60 recorded candles of 1h pass as candles of 1m. With --balance there is an account
    that trades; programs on this machine can cause faults at /control/.
    """

    def run() -> int:
        from sandbox.serving.command import Wishes, serve

        serve(Wishes(**wishes))
        return 0

    sys.exit(_status(run))


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


def _status(run: Callable[[], int]) -> int:
    try:
        return run()
    except SandboxError as error:
        for problem in error.problems:
            click.echo(f"error: {problem}", err=True)
        return error.status
    except KeyboardInterrupt:
        return _INTERRUPTED


if __name__ == "__main__":
    main(prog_name="python -m sandbox")
