"""What a loop in which nothing happens asks for."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from tests.benchmark.live import allocated, arguments
from tests.support.forked_bots import call_apart
from tests.support.live_bots import trading_ground

pytestmark = pytest.mark.slow


def statements(words: list[str], loops: int) -> list[list[str]]:
    """Run a bot in this process; return what each loop of ours asked its database."""
    from freqtrade.persistence import Trade

    bot = allocated(words)
    asked: list[list[str]] = []
    think = bot.strategy.bot_loop_start

    def listened(**facts: Any) -> None:
        asked.append([])
        engine = Trade.session.get_bind()

        def take(*values: Any) -> None:
            asked[-1].append(values[2])

        event.listen(engine, "before_cursor_execute", take)
        try:
            think(**facts)
        finally:
            event.remove(engine, "before_cursor_execute", take)

    bot.strategy.bot_loop_start = listened
    for _ in range(loops):
        bot.process()
    return asked


def table_of(statement: str) -> str:
    return statement.rpartition("FROM ")[2].split()[0].strip('")')


def test_a_quiet_loop_reads_commands_orders_and_trades_once_each(tmp_path: Path) -> None:
    """Orders twice: another one may have been sent while the exchange was asked for prices."""
    names = ["BTC", "ETH", "SOL"]
    with trading_ground(tmp_path, dict.fromkeys(names, 10.0), {"USDT": 10_000}) as ground:
        loops = call_apart(statements, arguments(ground, names), 20)
    quiet = [sorted(map(table_of, loop)) for loop in loops]
    assert quiet.count(["KeyValueStore", "orders", "orders", "trades"]) >= 15, quiet
