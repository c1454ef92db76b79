"""The command ``python -m sandbox``."""

import sys
import threading
from collections.abc import Callable
from pathlib import Path

import click

from sandbox.errors import SandboxError

_FAILED = 2


@click.group()
def main() -> None:
    """A local exchange for freqtrade: it replays recorded candles on this machine.

    It speaks the public part of Binance's spot API on 127.0.0.1, so that freqtrade runs without
    network. It holds no money, knows no keys and takes no orders.
    """


@main.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": True},
    short_help="Backtest against the local exchange.",
)
@click.option("--online", is_flag=True, help="Take the markets from the real exchange instead.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[FREQTRADE ARGUMENTS]...")
@click.pass_context
def backtest(context: click.Context, online: bool, arguments: tuple[str, ...]) -> None:
    """Backtest SmartRebalance with config.json, without network.

    All further arguments are those of "freqtrade backtesting" and win over the defaults, e.g.
    --config my.json, --datadir FOLDER, --timerange 20210101-20211231, --fee 0.001,
    --timeframe-detail 5m, --strategy-list A B. "freqtrade backtesting --help" lists them all.
    A --config given replaces config.json.
    """
    if "-h" in arguments:
        click.echo(context.get_help())
        return

    def run() -> int:
        from sandbox.backtest import backtest as run_backtest

        return run_backtest(arguments, _print_summary, online=online)

    sys.exit(_status(run))


@main.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": True},
    short_help="Optimise period and threshold against the local exchange.",
)
@click.option("--online", is_flag=True, help="Take the markets from the real exchange instead.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[FREQTRADE ARGUMENTS]...")
@click.pass_context
def hyperopt(context: click.Context, online: bool, arguments: tuple[str, ...]) -> None:
    """Optimise the period and the threshold of config.json, without network.

    All further arguments are those of "freqtrade hyperopt" and win over the defaults, which are
    the space "rebalance" and the profit at the end, e.g. --epochs 50, --job-workers 2.
    """
    if "-h" in arguments:
        click.echo(context.get_help())
        return

    def run() -> int:
        from sandbox.backtest import hyperopt as run_hyperopt

        return run_hyperopt(arguments, online=online)

    sys.exit(_status(run))


@main.command(short_help="Serve the exchange until Ctrl-C.")
@click.option(
    "--datadir",
    type=click.Path(path_type=Path),
    help="Folder with freqtrade's candles. Default: none, so that no pair has a price.",
)
@click.option("--pairs", help="Pairs, separated by commas. Default: all in the folder.")
@click.option("--stake", help="Of the folder's pairs, only those of this stake currency.")
@click.option("--host", default="127.0.0.1", show_default=True, help="No other is accepted.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="0 takes any free port.",
)
def serve(datadir: Path | None, pairs: str | None, stake: str | None, host: str, port: int) -> None:
    """Serve the exchange and print its address; stop with Ctrl-C.

    A price is that of the last recorded candle.
    """

    def run() -> int:
        from sandbox.candles import CandleFolder
        from sandbox.exchange import LocalExchange
        from sandbox.server import running

        candles = CandleFolder.open(datadir) if datadir else None
        recorded = candles.pairs if candles else ()
        named = tuple(name.strip() for name in pairs.split(",")) if pairs else recorded
        listed = [pair for pair in named if not stake or pair.endswith(f"/{stake}")]
        if not listed:
            raise SandboxError("no pairs: name a --datadir with candles, or --pairs")
        with running(LocalExchange(listed, candles), host=host, port=port) as url:
            click.echo(f"local exchange at {url} for {len(listed)} pairs; stop it with Ctrl-C")
            threading.Event().wait()
        return 0

    sys.exit(_status(run))


def _print_summary(result: Path, datadir: Path) -> None:
    from rebalancing.cli import print_summary

    print_summary(result, datadir)


def _status(run: Callable[[], int]) -> int:
    try:
        return run()
    except SandboxError as error:
        click.echo(f"error: {error}", err=True)
        return _FAILED
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    main(prog_name="python -m sandbox")
