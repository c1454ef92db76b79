"""A bot on an exchange of its own, for tests that watch one live: the scene and what is seen."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.ledger import recompute
from sandbox.orders import Order, Side
from tests.bot_records import BotRecords, Row
from tests.live_bots import SIGINT_STATUS, Ground, LiveBot, make_bot_config, trading_ground

PRICES = {"BTC": 20_000.0, "ETH": 1_000.0, "SOL": 25.0}


@dataclass
class Scene:
    """A bot and its ground."""

    ground: Ground
    bot: LiveBot

    @property
    def records(self) -> BotRecords:
        """What the bot has written."""
        return self.bot.records

    @property
    def orders(self) -> tuple[Order, ...]:
        """The exchange's orders, oldest first."""
        with self.ground.exchange.lock:
            return self.ground.trading.account.orders

    def filled(self, side: Side | None = None) -> list[Order]:
        """Return the exchange's orders that filled, at least in part."""
        return [order for order in self.orders if order.filled and side in (None, order.side)]

    def weights(self, *without: str) -> dict[str, float]:
        """Return what share of the account each asset is; some may be left out."""
        values = {asset: self.value(asset) for asset in self.ground.trading.account.balances}
        values = {asset: value for asset, value in values.items() if asset not in without}
        return {asset: value / sum(values.values()) for asset, value in values.items()}

    def value(self, asset: str) -> float:
        """Return what the account holds of an asset, stake currency."""
        amount = float(self.ground.trading.account.balance(asset).total)
        return amount * (1.0 if asset == "USDT" else self.ground.exchange.price(f"{asset}/USDT"))

    def closed(self, number: int) -> Row:
        """Wait for the end of a round and return its line in the journal."""

        def ended() -> list[Row]:
            return [line for line in self.records.journal("closed") if line["round"] == number]

        return self.bot.wait_for(ended)[0]

    def event(self, name: str, count: int = 1) -> Row:
        """Wait for a line of the journal and return it: the first of its kind, or a later one."""
        return self.bot.wait_for(lambda: self.records.journal(name)[count - 1 :])[0]

    def check_books(self) -> None:
        """Compare the exchange's books with freqtrade's."""
        account = self.ground.trading.account
        assert recompute(account.ledger) == account.balances
        kept = {row["order_id"]: row for row in self.records.orders()}
        assert {str(order.id) for order in self.filled()} <= kept.keys()
        for order in self.filled():
            row = kept[str(order.id)]
            assert row["filled"] == pytest.approx(float(order.filled))
            assert row["ft_order_tag"].startswith("r")

    def stop(self, *, clean: bool = False) -> None:
        """Stop the bot in order, if `clean` after a look for complaints in its log.

        Notes
        -----
        Before, not after: Ctrl-C may come in the middle of a query, and freqtrade says so.
        """
        complaints = self.records.complaints
        assert self.bot.stop() == SIGINT_STATUS
        assert not clean or complaints == []


@contextmanager
def scene(
    folder: Path,
    rebalance: Mapping[str, Any],
    balances: Mapping[str, float] | None = None,
    *,
    kind: str = "market",
    prices: Mapping[str, float] = PRICES,
    assets: Sequence[str] = (),
    ground: Mapping[str, Any] | None = None,
    start: bool = True,
    **config: Any,
) -> Iterator[Scene]:
    """Run a bot, live unless told otherwise, with 1,000 USDT unless told otherwise.

    Parameters
    ----------
    assets
        The pair whitelist; default: those of the targets.
    ground
        More for `trading_ground`, such as ``depth``.
    start
        Whether to start the bot.
    config
        More for freqtrade's configuration.
    """
    listed = assets or [asset for asset in rebalance["targets"] if asset != "USDT"]
    settings = make_bot_config(rebalance, listed, kind, **{"dry_run": False, **config})
    more = dict(ground or {})
    with trading_ground(folder, prices, balances or {"USDT": 1_000.0}, **more) as place:
        found = Scene(place, place.bot(settings))
        try:
            if start:
                found.bot.start()
            yield found
        finally:
            found.bot.kill()
