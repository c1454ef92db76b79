"""``rebalance dry-run``: a bot that trades on a local exchange, at speed."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancing.cli.freqtrade_command import end_with
from rebalancing.launch.errors import local_exchange_needed


@click.command("dry-run")
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
def dry_run(configs: tuple[str, ...], datadir: Path | None, speed: int | None) -> None:
    """Start the local exchange and a bot that trades on it, simulated, until Ctrl-C.

    Recorded prices pass so fast, and the policy is so eager, that a round happens every minute or
    so. Targets and investment are those of the configuration. Nothing leaves this machine.
    """

    def run() -> int:
        with local_exchange_needed("dry-run"):
            from rebalancing.cli.dry_run_view import shown
            from rebalancing.launch import dry_run as launch

            return launch.dry_run(shown, configs=configs, datadir=datadir, speed=speed)

    end_with(run)
