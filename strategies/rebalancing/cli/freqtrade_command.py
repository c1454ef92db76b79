"""Commands that start freqtrade: they pass on to it whatever they do not know themselves."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NoReturn

import click

from rebalancing.launch.errors import LaunchError

_INTERRUPTED = 130

online_option = click.option(
    "--online", is_flag=True, help="Take the markets from the real exchange instead."
)


def freqtrade_command(name: str) -> Callable[[Callable[..., None]], click.Command]:
    """Make a command whose further arguments are those of a command of freqtrade."""

    def decorated(command: Callable[..., None]) -> click.Command:
        command = click.argument(
            "arguments", nargs=-1, type=click.UNPROCESSED, metavar="[FREQTRADE ARGUMENTS]..."
        )(command)
        command = click.option(
            "--verbose", is_flag=True, help="Show all that freqtrade prints; its own is -v."
        )(command)
        settings = {"ignore_unknown_options": True, "help_option_names": ["-h", "--help"]}
        return click.command(name, context_settings=settings)(command)

    return decorated


def end_with(run: Callable[[], int]) -> NoReturn:
    """Run something and end with its status; what it complains of is a line for each problem."""
    try:
        sys.exit(run())
    except LaunchError as error:
        for problem in error.problems:
            click.echo(f"error: {problem}", err=True)
        sys.exit(error.status)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
