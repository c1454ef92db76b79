"""The command ``rebalance``: write a configuration, steer and start a bot, judge a backtest.

Commands import freqtrade when they run, so that the others answer at once.
"""

from __future__ import annotations

import json

import click

from rebalancing.cli.cross import cross
from rebalancing.cli.journal import journal
from rebalancing.cli.lookahead import lookahead
from rebalancing.cli.new import new
from rebalancing.cli.preview import preview
from rebalancing.cli.report import report
from rebalancing.cli.status import status
from rebalancing.cli.steering import now, pause, resume
from rebalancing.cli.summary import summary
from rebalancing.cli.trade import trade
from rebalancing.config.schema import config_schema
from rebalancing.version import __version__

__all__ = ["main"]


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Steer a running bot, see what it does, and judge what a rebalanced portfolio was worth."""


@main.command()
def schema() -> None:
    """Print the JSON schema of a configuration with a rebalance block."""
    click.echo(json.dumps(config_schema(), indent=2))


for command in (
    *(new, now, pause, resume, status, journal, preview, trade),
    *(summary, report, cross, lookahead),
):
    main.add_command(command)
