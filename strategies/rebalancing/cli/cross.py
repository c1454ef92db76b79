"""``rebalance cross``: candles of a pair in another coin, made of two that are there."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancing.cli.refusals import RefusedError


@click.command()
@click.argument("pairs", nargs=-1, required=True, metavar="PAIR...")
@click.option("--via", default="USDT", show_default=True, help="Currency both coins have.")
@click.option(
    "--datadir",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path("user_data/data/binance"),
    show_default=True,
    help="freqtrade's folder of candles, read and written.",
)
def cross(pairs: tuple[str, ...], via: str, datadir: Path) -> None:
    """Write candles of PAIR, such as DOGE/BTC, from those of DOGE/USDT and BTC/USDT.

    Prices are divided and rounded to five digits at the lowest, as an exchange would list them.
    """
    from rebalancing.freqtrade_side.backtest.cross_candles import cross as write_cross

    for pair in pairs:
        try:
            written = write_cross(pair, via, datadir)
        except ValueError as error:
            raise RefusedError(str(error)) from error
        for timeframe, candles, decimals in written:
            click.echo(f"{pair} {timeframe}: {candles} candles, {decimals} decimals, in {datadir}")
