"""``rebalance now``, ``pause`` and ``resume``: ask something of the running bot."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from rebalancing.cli.bot_options import Bot, bot_options, open_bot, refusals

if TYPE_CHECKING:
    from rebalancing.freqtrade_side.records.commands import Do

UNANSWERED = 3
_LOOK_EVERY = 0.2  # seconds


def _command(do: Do, help_text: str) -> click.Command:
    @click.command(do, help=help_text)
    @click.option(
        "--wait",
        type=click.FloatRange(min=0),
        default=15.0,
        show_default=True,
        metavar="SECONDS",
        help="How long to wait for the bot's answer.",
    )
    @bot_options
    def command(bot: Bot, as_json: bool, wait: float) -> None:
        config = open_bot(bot)
        with refusals():
            command_id, text = _ask(do, wait)
            state = "" if text is not None else _condition(config)
        if as_json:
            click.echo(json.dumps({"id": command_id, "do": do, "answer": text}))
        elif text is not None:
            click.echo(text)
        if text is None:
            click.echo(
                f"no bot answered within {wait:g} s, {state}; {_what_becomes_of(do)}", err=True
            )
            sys.exit(UNANSWERED)

    return command


def _ask(do: Do, wait: float) -> tuple[str, str | None]:
    from rebalancing.freqtrade_side.outside.bot_database import see_changes
    from rebalancing.freqtrade_side.records import commands

    command_id = commands.post(do)
    end = time.monotonic() + wait
    console = Console(stderr=True)
    with console.status(f"{do}: waiting for the bot"):
        while (text := commands.answer(command_id)) is None and time.monotonic() < end:
            time.sleep(_LOOK_EVERY)
            see_changes()
    return command_id, text


def _condition(config: Mapping[str, Any]) -> str:
    from rebalancing.freqtrade_side.outside.bot_report import read_report

    status = read_report(config).status
    return f"it is {status.condition}" if status.process else "none is running"


def _what_becomes_of(do: Do) -> str:
    if do == "now":
        return "one that runs within 10 minutes will still do it"
    return f"the next one that runs with this database will {do}"


now = _command("now", "Rebalance now, whatever period and threshold say.")
pause = _command("pause", "Order nothing until resume; the coins stay.")
resume = _command("resume", "Go on after a pause or a stop; what was sold by hand may come back.")
