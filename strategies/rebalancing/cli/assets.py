"""``rebalance assets``: what to know of coins before they become targets."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console

from rebalancing.cli.bot_options import userdir_option
from rebalancing.cli.refusals import RefusedError
from rebalancing.launch.errors import LaunchError


@click.command()
@click.argument("pairs", nargs=-1, metavar="[PAIR]...")
@click.option("--config", "-c", "configs", multiple=True, metavar="FILE",
              help="Configuration; repeat it as for freqtrade. Default: config.json.")  # fmt: skip
@userdir_option
@click.option("--datadir", type=click.Path(path_type=Path), help="Folder of the candles.")
@click.option("--timeframe", "-i", metavar="TIMEFRAME",
              help="Of the candles, a day or less. Default: the configuration's.")  # fmt: skip
@click.option("--timerange", metavar="RANGE", help="As for freqtrade, like 20230101-20240101.")
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False),
              help="The page. Default: in user_data/plot.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the figures for scripts; no page.")
def assets(
    pairs: tuple[str, ...],
    configs: tuple[str, ...],
    userdir: str | None,
    datadir: Path | None,
    timeframe: str | None,
    timerange: str | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Show what each PAIR did and how they go together.

    Return, volatility, drawdown, correlations, whether their ratios come back, and which one would
    have drained the others.

    Without PAIR: those of the configuration. An asset's code, such as BTC, means its pair with
    the stake currency. The candles must have been downloaded.
    """
    from rebalancing.launch.asset_candles import AssetQuestion, read_assets

    folder = None if userdir is None else Path(userdir)
    asked = AssetQuestion(pairs, configs, datadir, folder, timeframe, timerange)
    try:
        with Console(stderr=True).status("reading candles and testing ratios"):
            closes, source = read_assets(asked)
            from rebalancing.explore.assets.overview import overview

            found = overview(closes)
        if as_json:
            from rebalancing.report.asset_fields import asset_fields

            click.echo(json.dumps(asset_fields(found, source), indent=2, allow_nan=False))
            return
        from rebalancing.cli.assets_tables import print_overview
        from rebalancing.report.assets_page import save_assets_page

        file = output or (folder or Path("user_data")) / "plot" / "rebalance-assets.html"
        save_assets_page(found, source, file)
    except (LaunchError, ValueError, OSError) as error:
        raise RefusedError(str(error)) from error
    print_overview(found, source, Console())
    click.echo(f"Page: {file}")
