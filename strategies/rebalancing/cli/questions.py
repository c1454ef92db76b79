"""Questions that an option, a person at a terminal, a pipe or a default answers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import click

from rebalancing.cli.refusals import RefusedError

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Asking:
    """How questions are answered.

    Parameters
    ----------
    given : dict of str to str
        Answers by option, such as ``"period"``, as they were typed.
    defaults_only : bool
        Ask nobody: what is not given is the default.
    """

    given: dict[str, str]
    defaults_only: bool

    def ask(
        self, option: str, question: str, default: str | None, read: Callable[[str], _Answer]
    ) -> _Answer:
        """Return the answer to one question; a wrong one is asked again, with the reason.

        Parameters
        ----------
        option : str
            Name of the option that answers it.
        question : str
            What a person is asked.
        default : str or None
            The answer of an empty line; None: there is none.
        read : callable
            Turns a text into the answer, or raises ValueError with what is wrong.

        Raises
        ------
        RefusedError
            If there is no answer, or an option gives a wrong one.
        """
        text = self.given.get(option, default if self.defaults_only else None)
        if text is not None:
            return _read_once(option, text, read)
        if self.defaults_only:
            raise RefusedError(f"--{option}: has no default, name it")
        while True:
            text = _line(option, question, default)
            try:
                return read(text)
            except ValueError as error:
                click.echo("\n".join(f"  {line}" for line in str(error).splitlines()), err=True)


def _read_once(option: str, text: str, read: Callable[[str], _Answer]) -> _Answer:
    try:
        return read(text)
    except ValueError as error:
        lines = str(error).splitlines()
        raise RefusedError("\n".join(f"--{option}: {line}" for line in lines)) from None


def _line(option: str, question: str, default: str | None) -> str:
    shown = "" if default is None else f" [{default}]"
    while True:
        try:
            text = input(f"{question}{shown}: ").strip()
        except EOFError:
            click.echo()
            raise RefusedError(f"{question}: no answer came; give --{option}") from None
        except UnicodeDecodeError:
            text = "\N{REPLACEMENT CHARACTER}"
        if not sys.stdin.isatty():
            click.echo(text)  # as a terminal shows what is typed
        if text or default is not None:
            return text or str(default)


def read_yes(text: str) -> bool:
    """Read a yes or a no."""
    answer = text.strip().lower()
    if answer not in ("y", "yes", "n", "no"):
        raise ValueError(f'"{text}" is neither yes nor no')
    return answer.startswith("y")
