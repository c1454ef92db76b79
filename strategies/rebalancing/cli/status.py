"""``rebalance status``: what the bot is doing."""

from __future__ import annotations

import click

from rebalancing.cli.bot_options import bot_options, open_bot, refusals


@click.command()
@bot_options
def status(configs: tuple[str, ...], db_url: str | None, as_json: bool) -> None:
    """Show what a bot is doing and has done, whether it runs now or not."""
    config = open_bot(configs, db_url)
    from rebalancing.cli.status_tables import print_report, report_as_json
    from rebalancing.freqtrade_side.outside.bot_report import read_report

    with refusals():
        report = read_report(config)
    if as_json:
        click.echo(report_as_json(report))
    else:
        print_report(report)
