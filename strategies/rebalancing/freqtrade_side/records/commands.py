"""The command box: what a person or a script asks of the running bot, through its database.

One command at a time: the newest wins. The command-line tool writes `rebalance.command`, the bot
answers in `rebalance.answer`; both are rows of freqtrade's own key-value store.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal, get_args

from sqlalchemy import FromClause, Select, select

from rebalancing.freqtrade_side.records import store
from rebalancing.freqtrade_side.records.database import database

Do = Literal["now", "pause", "resume"]

LIFETIME = timedelta(minutes=10)
"""How long "now" means now: a bot that starts later does not take it."""

_COMMAND, _ANSWER = "rebalance.command", "rebalance.answer"
_LONGEST = 255  # characters of a value, by freqtrade's table


@dataclass(frozen=True)
class Command:
    """Something asked of the bot.

    Parameters
    ----------
    id : str
        Eight hexadecimal digits.
    at : datetime
        When it was posted.
    do : {"now", "pause", "resume"}
        Start a round; start no more rounds; start them again.
    """

    id: str
    at: datetime
    do: Do


def post(do: Do) -> str:
    """Ask the bot for something; what was asked before and not taken yet is withdrawn.

    Parameters
    ----------
    do : {"now", "pause", "resume"}
        What.

    Returns
    -------
    str
        The command's id, to look for its `answer`.
    """
    command = Command(secrets.token_hex(4), datetime.now(UTC), do)
    fields = {"id": command.id, "at": command.at.isoformat(timespec="seconds"), "do": do}
    store.write(_COMMAND, json.dumps(fields))
    return command.id


def answer(command_id: str) -> str | None:
    """Return what the bot answered to a command; None while it has not."""
    given = _object(_read().get(_ANSWER))
    return str(given.get("text", "")) if given.get("id") == command_id else None


def waiting() -> Command | None:
    """Return the newest command if it has no answer yet; None otherwise."""
    texts = _read()
    command = _command(_object(texts.get(_COMMAND)))
    if command is None or _object(texts.get(_ANSWER)).get("id") == command.id:
        return None
    return command


def take() -> Command | None:
    """Return the newest command that the bot has not answered yet; None if there is none.

    Notes
    -----
    Made to be called in every loop: one query of two columns. A command stays until `reply`, so
    one that was taken right before a crash is taken again. A "now" that is too old is answered
    here.
    """
    command = waiting()
    if command is None or command.do != "now" or datetime.now(UTC) - command.at <= LIFETIME:
        return command
    minutes = LIFETIME // timedelta(minutes=1)
    reply(command, f"not done: it was asked for more than {minutes} minutes ago")
    return None


def reply(command: Command, text: str) -> None:
    """Answer a command, so that `take` gives it no more.

    Parameters
    ----------
    command : Command
        The one taken.
    text : str
        One line. What does not fit into the store is cut off.
    """
    fields = {
        "id": command.id,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "text": " ".join(text.split()),
    }
    while len(value := json.dumps(fields, ensure_ascii=False)) > _LONGEST:
        fields["text"] = fields["text"][: _LONGEST - len(value) - 2] + "…"
    store.write(_ANSWER, value)


def _read() -> dict[str, str | None]:
    known = database()
    return {str(key): text for key, text in known.session.execute(_both(known.keys))}


@cache
def _both(keys: FromClause) -> Select[Any]:
    row = keys.c
    # Two tools that made their first row at the same moment leave two; freqtrade updates the
    # first, so that one is read last and counts.
    return (
        select(row.key, row.string_value)
        .where(row.key.in_([_COMMAND, _ANSWER]))
        .order_by(row.id.desc())
    )


def _object(text: str | None) -> Mapping[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _command(fields: Mapping[str, Any]) -> Command | None:
    # What somebody else wrote there is no command, and no reason for the bot to stop.
    try:
        at = datetime.fromisoformat(fields["at"])
        known = fields["do"] in get_args(Do)
        return Command(str(fields["id"]), at, fields["do"]) if known and at.tzinfo else None
    except (KeyError, TypeError, ValueError):
        return None
