"""``rebalance preview``: what a round would trade at this moment."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from rebalancing.cli.bot_options import Bot, bot_configuration, bot_options, refusals
from rebalancing.cli.refusals import RefusedError

if TYPE_CHECKING:
    from rebalancing.freqtrade_side.outside.preview import Preview


@click.command()
@bot_options
def preview(bot: Bot, as_json: bool) -> None:
    """Show what a round would trade at this moment, priced; nothing is sent or written."""
    found = preview_of(bot_configuration(bot))
    from rebalancing.cli.preview_tables import preview_as_json, print_preview

    if as_json:
        click.echo(preview_as_json(found))
    else:
        print_preview(found)


def preview_of(config: dict[str, Any]) -> Preview:
    """Ask the exchange, and plan.

    Parameters
    ----------
    config : dict
        freqtrade's, complete.

    Raises
    ------
    RefusedError
        If the configuration is refused or the exchange gives no price at all.
    """
    from rebalancing.freqtrade_side.outside.preview import preview as plan_now

    exchange = config["exchange"]["name"]
    with refusals(), Console(stderr=True).status(f"asking {exchange} for prices and balances"):
        found = plan_now(config)
    if not any(map(math.isfinite, found.prices)):
        raise RefusedError(f"{exchange} gives no price for any pair; can it be reached from here?")
    return found
