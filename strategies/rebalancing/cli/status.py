"""``rebalance status``: what the bot is doing."""

from __future__ import annotations

import click

from rebalancing.cli.bot_options import Bot, bot_options, reader_configuration, refusals


@click.command()
@bot_options
def status(bot: Bot, as_json: bool) -> None:
    """Show what a bot is doing and has done, whether it runs now or not."""
    config = reader_configuration(bot)
    from rebalancing.cli.status_tables import print_report, report_as_json
    from rebalancing.freqtrade_side.outside.bot_report import read_report
    from rebalancing.freqtrade_side.records.database import reading

    with refusals(), reading(str(config["db_url"])):
        report = read_report(config)
    if as_json:
        click.echo(report_as_json(report))
    else:
        print_report(report)
