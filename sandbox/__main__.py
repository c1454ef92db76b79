"""The command ``python -m sandbox``."""

import sys
from collections.abc import Callable
from decimal import Decimal
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
