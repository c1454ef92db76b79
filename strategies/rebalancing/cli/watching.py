"""Watch a bot: the events of its journal as they come, and a line with its weights."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from freqtrade.exceptions import OperationalException
from sqlalchemy.exc import SQLAlchemyError

from rebalancing.cli.journal import event_line
from rebalancing.freqtrade_side.outside.bot_database import open_database, see_changes
from rebalancing.freqtrade_side.outside.bot_status import open_round_tag
from rebalancing.freqtrade_side.records import own_orders, store
from rebalancing.freqtrade_side.records.journal_file import journal_path
from rebalancing.numbers import money, weight
from rebalancing.state import State


class Watcher:
    """Follows a bot through its journal and its database.

    Parameters
    ----------
    config : mapping
        freqtrade's, of the bot.
    price : callable
        Gives the price of a pair now, stake currency; None if there is none.
    """

    def __init__(self, config: Mapping[str, Any], price: Callable[[str], float | None]) -> None:
        self.journal: Path = journal_path(config)
        self._stake = str(config["stake_currency"])
        self._url = str(config["db_url"])
        self._price = price
        self._read = self.journal.stat().st_size if self.journal.exists() else 0
        self._is_open = False

    def events(self) -> Iterator[str]:
        """Give the events written since the last call, a line each with its time."""
        if not self.journal.exists():
            return
        with self.journal.open(encoding="utf-8") as file:
            if self.journal.stat().st_size < self._read:  # set aside, a new one has begun
                self._read = 0
            file.seek(self._read)
            while (line := file.readline()).endswith("\n"):
                self._read = file.tell()
                event = json.loads(line)
                if event["event"] != "order":
                    moment = datetime.fromisoformat(event["time"])
                    yield f"{moment:%H:%M:%S} {event_line(event)}"

    def weights(self) -> str | None:
        """Return NAV and weights at the prices of now, or the round under way.

        None while there is nothing to say.
        """
        try:
            if not self._is_open:
                open_database(self._url)
                self._is_open = True
            see_changes()
            state, held = store.load_state(), own_orders.holdings()
        except (OperationalException, SQLAlchemyError, ValueError):
            return None  # the bot is just writing it
        if state is None:
            return None
        if tag := open_round_tag(State.model_validate(state)):
            return f"{tag} is under way"
        values = {
            pair.split("/")[0]: trade.amount * (self._price(pair) or 0.0)
            for pair, trade in held.items()
        }
        values[self._stake] = state.get("cash") or 0.0
        nav = sum(values.values())
        if not nav:
            return None
        shares = ", ".join(f"{asset} {weight(value / nav)}" for asset, value in values.items())
        return f"NAV {money(nav, self._stake)}: {shares}"
