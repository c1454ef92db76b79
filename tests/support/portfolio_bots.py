"""A bot that holds BTC, ETH and cash on the local exchange, and what everybody's books say."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.exchange.ledger import recompute
from tests.support.bot_configs import make_bot_config
from tests.support.live_bots import Ground, LiveBot, trading_ground

PRICES = {"BTC": 100.0, "ETH": 10.0}
TARGETS = {"BTC": 0.5, "ETH": 0.3, "USDT": 0.2}


@contextmanager
def trading_bot(
    folder: Path,
    rebalance: dict[str, Any] | None = None,
    kind: str = "market",
    balances: dict[str, float] | None = None,
    dry_run: bool = False,
    **more: Any,
) -> Iterator[tuple[Ground, LiveBot]]:
    """Run a bot that holds BTC, ETH and cash; it is killed in the end."""
    prices = more.pop("prices", PRICES)
    policy = {"targets": TARGETS, "threshold": 0.03, **(rebalance or {})}
    overrides = more.pop("config", {})
    ground_more = {name: more.pop(name) for name in ("depth", "fees") if name in more}
    config = make_bot_config(policy, list(prices), kind, dry_run=dry_run, **overrides)
    with trading_ground(folder, prices, balances or {"USDT": 1000}, **ground_more) as ground:
        bot = ground.bot(config)
        try:
            yield ground, bot
        finally:
            bot.kill()


def closed(bot: LiveBot, count: int) -> Any:
    """Wait for so many rounds to close and return the newest one's line."""
    bot.wait_for(lambda: len(bot.records.journal("closed")) >= count)
    return bot.records.journal("closed")[count - 1]


def command(bot: LiveBot, do: str, name: str = "c0ffee00") -> str:
    """Put a command where the tool puts it, and return the answer."""
    text = json.dumps({"id": name, "at": datetime.now(UTC).isoformat(), "do": do})
    with closing(sqlite3.connect(bot.records.database, timeout=10)) as database, database:
        database.execute("DELETE FROM KeyValueStore WHERE key = 'rebalance.command'")
        database.execute(
            "INSERT INTO KeyValueStore (key, value_type, string_value) VALUES (?, 'str', ?)",
            ("rebalance.command", text),
        )
    bot.wait_for(lambda: name in bot.records.values().get("rebalance.answer", ""))
    return str(json.loads(bot.records.values()["rebalance.answer"])["text"])


def weights(ground: Ground, **prices: float) -> dict[str, float]:
    """Return the weights of the account as the exchange knows it."""
    values = {
        asset: float(balance.total) * {**PRICES, "USDT": 1.0, **prices}.get(asset, 0.0)
        for asset, balance in ground.trading.account.balances.items()
    }
    return {asset: value / sum(values.values()) for asset, value in values.items()}


def check_books(ground: Ground, bot: LiveBot) -> None:
    """Exchange, database and journal agree, and nothing was complained about."""
    account = ground.trading.account
    assert recompute(account.ledger) == account.balances
    filled = [str(order.id) for order in account.orders if order.filled]
    known = [order for order in bot.records.orders() if order["ft_order_tag"] != "adopted"]
    assert [order["order_id"] for order in known if order["filled"]] == filled
    tags = {line["tag"] for line in bot.records.journal("round")}
    assert {order["ft_order_tag"] for order in known} <= tags
    assert bot.records.complaints == []
