"""``rebalance journal``: what the bot decided, newest last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from rebalancing.cli.bot_options import Bot, bot_options, reader_configuration
from rebalancing.cli.refusals import RefusedError
from rebalancing.numbers import money, percent, quantity, second


@click.command()
@click.option("--last", type=click.IntRange(min=1), default=20, show_default=True, metavar="N")
@bot_options
def journal(bot: Bot, as_json: bool, last: int) -> None:
    """Show the newest decisions of a bot, whether it runs now or not."""
    from rebalancing.freqtrade_side.records.journal_file import journal_path, read_journal

    file = journal_path(reader_configuration(bot))
    events = read_journal(file)[-last:]
    if not events:
        raise RefusedError(f"no journal {file}: no bot has run with this configuration")
    if as_json:
        click.echo(json.dumps({"events": events}, indent=2))
        return
    for event in events:
        moment = datetime.fromisoformat(event["time"])
        click.echo(f"{second(moment)} {event_line(event)}")


def event_line(event: Mapping[str, Any]) -> str:
    """Write an event of the journal as a line, without its time."""
    kind = event["event"]
    if kind in ("round", "plan"):
        trades = ", ".join(map(_trade, event["trades"])) or "nothing to trade"
        tries = f", try {event['try']}" if kind == "plan" else ""
        return f"{event['tag']}{tries}: {trades}{_left_out(event)}{_without(event)}"
    if kind == "order":
        size = event["amount"] if event["side"] == "sell" else event["notional"]
        unit = event["asset"] if event["side"] == "sell" else "of stake currency"
        return f"order: {event['side']} {event['asset']}, {quantity(size)} {unit}"
    if kind == "closed":
        stake = [*event["weights_after"]][-1]  # after the assets
        outcome = (
            f"{event['outcome']} ({event['reason']})" if event.get("reason") else event["outcome"]
        )
        return (
            f"{event['tag']} {outcome}: turnover {percent(event['turnover'])}, cost "
            f"{money(event['cost'], stake)}, NAV {money(event['nav_before'], stake, name=False)} "
            f"to {money(event['nav_after'], stake)}"
        )
    return f"{kind}: {event.get('text', '')}".removesuffix(": ")


def _trade(trade: Mapping[str, Any]) -> str:
    side = "sell" if trade["amount"] < 0 else "buy"
    return f"{side} {quantity(abs(trade['amount']))} {trade['asset']} at {quantity(trade['price'])}"


def _left_out(event: Mapping[str, Any]) -> str:
    names = ", ".join(f"{o['asset']} ({o['why']})" for o in event.get("left_out") or [])
    return f"; left out: {names}" if names else ""


def _without(event: Mapping[str, Any]) -> str:
    """Name assets that had no price, which journals of older versions do not."""
    return "".join(f"; without {asset}: {why}" for asset, why in event.get("without", {}).items())
