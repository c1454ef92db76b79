"""Refusals of a command: what it cannot do."""

import click


class RefusedError(click.ClickException):
    """Shown as one line for each problem; exit status 2."""

    exit_code = 2
