"""The command ``rebalance``: one family for backtests, bots and what they were worth.

A command's module is imported when that command is asked for, and freqtrade when it is needed, so
that the others answer at once.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import click

from rebalancing.version import __version__

__all__ = ["main"]

_MODULES: Mapping[str, str] = {"now": "steering", "pause": "steering", "resume": "steering"}
"""Of the commands that have no module of their own name."""

_COMMANDS: Mapping[str, Mapping[str, str]] = {
    "Begin": {
        "new": "Ask what you want to hold, and write a configuration.",
        "data": "Download candles of the configured exchange.",
        "schema": "Print the JSON schema of a configuration with a rebalance block.",
    },
    "Try": {
        "assets": "Show what coins did, and how they go together.",
        "explore": "Find a period and a threshold, and whether the answer is luck.",
        "backtest": "Backtest against the local exchange.",
        "hyperopt": "Optimise period and threshold against the local exchange.",
        "dry-run": "Let a bot trade on the local exchange, at speed.",
        "lookahead": "Prove that no order of a backtest knows the future.",
        "cross": "Write candles of a pair that no exchange has, such as DOGE/BTC.",
    },
    "Run a bot": {
        "preview": "Show what a round would trade now.",
        "trade": "Start trading, after a look at what it would buy first.",
        "status": "Show what a bot is doing and has done.",
        "journal": "Show the newest decisions of a bot.",
        "now": "Ask a running bot for a round now.",
        "pause": "Let a running bot start no rounds.",
        "resume": "Let a bot start rounds again.",
    },
    "Judge": {
        "summary": "Print what a backtest was worth.",
        "report": "Write a page of what backtests or a bot were worth.",
    },
}


class _Family(click.Group):
    """Imports a command when it is asked for; what each does is listed without."""

    def list_commands(self, _: click.Context) -> list[str]:
        return [name for commands in _COMMANDS.values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        word = cmd_name.replace("-", "_")
        module = importlib.import_module(f"rebalancing.cli.{_MODULES.get(cmd_name, word)}")
        command: click.Command = getattr(module, word)
        return command

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        for title, commands in _COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl([*commands.items()])


@click.group(cls=_Family)
@click.version_option(__version__)
def main() -> None:
    """Keep a portfolio at its target weights: try it, run it, judge it."""
