"""The hands of people and programs beside the bot, and what checks have to know of their doings."""

import json
import sqlite3
import sys
import time
import urllib.error
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.exchange.errors import SandboxError
from sandbox.exchange.orders import Side
from tests.campaign.actions import STAKE
from tests.campaign.witnessed import BY_HAND_TAGS, LOCKED, WITHDRAWN, Intruder, Payment, Touched

if TYPE_CHECKING:
    from tests.campaign.life import Life

_KEPT = 0.5  # of the cash at the start: with less, too many orders would be too small
_ANSWERS_WITHIN = 4  # loops in which freqtrade's API has to come up, or a command to be answered
_COMMAND = "INSERT INTO KeyValueStore (key, value_type, string_value) VALUES (?, 'str', ?)"
Row = dict[str, Any]


class OtherHands:
    """What is done to a bot that is not the exchange's doing.

    Attributes
    ----------
    payments
        Stake currency that came or went.
    touched
        What was done to coins, first to last.
    deleted_rows
        freqtrade's orders of trades that were deleted, as they were right before.
    withdrawn
        The coins that left the account.
    resumed
        When the bot was told to go on: milliseconds since the epoch.
    locked_databases
        From when to when the database was locked.
    intruders, adopters
        Processes that were started on the same database, and bots that were to adopt.
    """

    def __init__(self, life: "Life") -> None:
        self._life = life
        self.payments: list[Payment] = []
        self.touched: list[Touched] = []
        self.deleted_rows: list[Row] = []
        self.withdrawn: list[tuple[str, Decimal]] = []
        self.resumed: list[int] = []
        self.locked_databases: list[tuple[int, int]] = []
        self.intruders: list[Intruder] = []
        self.adopters: list[Intruder] = []
        self._to_undo: list[Callable[[], bool]] = []

    def ask(self, method: str, name: str, body: Any = None) -> bool:
        """Use the REST API of a bot that may still be starting; tell whether it did as asked."""
        answers: list[bool] = []

        def asked() -> bool:
            try:
                self._life.bot.ask(method, name, body)
                answers.append(True)
            except urllib.error.HTTPError:
                answers.append(False)
            except (TimeoutError, ConnectionError, urllib.error.URLError):
                return False
            return True

        self._life.wait(_ANSWERS_WITHIN, asked)
        return answers == [True]

    def touch(self, kind: str, asset: str, begun_ms: int) -> None:
        """Note what has been done to a coin."""
        balance = self._life.ground.trading.account.balance(asset)
        self.touched.append(Touched(kind, asset, begun_ms, now_ms(), float(balance.total)))

    def trade(self, asset: str) -> Row | None:
        """Return the open trade of a coin that holds some; None if there is none."""
        for trade in self._life.bot.records.trades():
            if trade["base_currency"] == asset and trade["is_open"] and trade["amount"]:
                return trade
        return None

    def sells_by_hand(self, asset: str) -> int:
        """Count the sells of a coin that the exchange has and that are of no round of the bot and
        of no other bot, whether freqtrade has heard of them or not."""
        records, account = self._life.bot.records, self._life.ground.trading.account
        tags = {str(row["order_id"]): row["ft_order_tag"] or "" for row in records.orders()}
        state = records.state()
        mine = [
            order
            for order in account.orders
            if order.pair == f"{asset}/{STAKE}"
            and order.side is Side.SELL
            and order.client_id.startswith(state.get("mark", ""))
        ]
        meant = [
            next((o.id for o in mine if o.client_id.startswith(intent["mark"])), None)
            for intent in state.get("intents", [])
            if (intent["asset"], intent["side"]) == (asset, "sell") and intent.get("mark")
        ]
        untold = [o.id for o in mine if tags.get(str(o.id), "") in BY_HAND_TAGS]
        return sum(number not in meant for number in untold)

    def resume(self) -> None:
        """Tell the bot to go on, as "rebalance resume" does, and wait for its answer."""
        records, asked = self._life.bot.records, now_ms()
        name = f"{asked:x}"[-8:]
        command = {"id": name, "at": datetime.now(UTC).isoformat(), "do": "resume"}
        try:
            with closing(sqlite3.connect(records.database, timeout=10)) as database, database:
                database.execute("DELETE FROM KeyValueStore WHERE key = 'rebalance.command'")
                database.execute(_COMMAND, ("rebalance.command", json.dumps(command)))
        except sqlite3.OperationalError:
            return  # it has only just been made, or is locked for longer
        self.resumed.append(asked)
        self._life.wait(
            _ANSWERS_WITHIN, lambda: name in records.values().get("rebalance.answer", "")
        )

    def lock(self, pair: str, until: datetime) -> None:
        """Lock a pair, until then at most, and until the next repair."""
        lock = {"pair": pair, "until": until.isoformat(), "reason": "by hand"}
        if not self.ask("POST", "locks", [lock]):
            return
        place = len(self.touched)
        self.touched.append(Touched(LOCKED, pair.partition("/")[0], now_ms(), sys.maxsize))

        def unlock() -> bool:
            asked = now_ms()
            done = self.ask("POST", "locks/delete", {"pair": pair})
            if done:
                self.touched[place] = self.touched[place]._replace(ended_ms=asked)
            return done

        self.undo_at_repair(unlock)

    def undo_at_repair(self, undo: Callable[[], bool]) -> None:
        """Call something at each repair until it has done what it should."""
        self._to_undo.append(undo)

    def repair(self) -> None:
        """Undo what can be undone; what fails is tried again at the next repair."""
        self._to_undo = [undo for undo in self._to_undo if not undo()]

    @property
    def spare_cash(self) -> float:
        """What may be withdrawn so that the rest can follow the policy: of what is free, what is
        beyond the investment."""
        account = self._life.ground.trading.account
        worth = sum(
            float(balance.total) * self._life.prices.get(asset, 1.0)
            for asset, balance in account.balances.items()
        )
        free = min(float(account.balance(STAKE).free), worth - _KEPT * self._life.scenario.cash)
        investment = self._life.scenario.rebalance.get("investment")
        if investment is None:
            return max(0.0, free)
        mine = [entry for entry in account.ledger if entry.asset == STAKE and entry.order_id]
        invested = investment + self._life.scenario.neighbours_investment
        cash = invested + float(sum(entry.free + entry.locked for entry in mine))
        return max(0.0, free - cash)

    def pay(self, amount: float) -> None:
        """Deposit, or withdraw where the amount is negative."""
        trading = self._life.ground.trading
        try:
            if amount > 0:
                trading.deposit(STAKE, amount)
            else:
                trading.withdraw(STAKE, -amount)
        except SandboxError:
            return  # an order has taken the money meanwhile
        self.payments.append(Payment(now_ms(), amount))

    def withdraw_coins(self, asset: str, share: float) -> None:
        """Take a share of what is free of a coin from the account."""
        trading, begun = self._life.ground.trading, now_ms()
        step = trading.exchange.listing.of(f"{asset}/{STAKE}").step
        amount = trading.account.balance(asset).free * Decimal(str(share)) // step * step
        try:
            trading.withdraw(asset, amount)
        except SandboxError:
            return  # there is nothing, or an order has taken it meanwhile
        self.withdrawn.append((asset, amount))
        self.touch(WITHDRAWN, asset, begun)


def now_ms() -> int:
    """Return the time of now, milliseconds since the epoch."""
    return int(time.time() * 1000)
