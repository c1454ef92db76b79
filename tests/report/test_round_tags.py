"""A sale by hand is no round for the bot, the report and the charts."""

import sqlite3
from contextlib import closing
from pathlib import Path

from freqtrade.persistence import Trade, init_db

from rebalancing.freqtrade_side.history.bot_history import read_bot
from rebalancing.freqtrade_side.records import own_orders
from tests.report.test_of_bot import BEGIN, bot_config, life
from tests.support.bot_databases import write_database


def test_an_order_by_hand_is_no_round_whatever_its_name(tmp_path: Path) -> None:
    """A name as in `/forceexit`, REST's `enter_tag` or another program's."""
    events = life()
    url = write_database(tmp_path / "bot.sqlite", events, (BEGIN.timestamp(), 10000.0))
    with closing(sqlite3.connect(tmp_path / "bot.sqlite")) as database, database:
        named = "UPDATE orders SET ft_order_tag = 'r99 by hand' WHERE ft_order_tag = 'force_exit'"
        assert database.execute(named).rowcount == 1
    record = read_bot(bot_config(tmp_path, url))
    assert sorted(record.tags) == [0, 1, 2, 3, 4]
    assert 99 not in record.history.executions.round
    init_db(url)
    try:
        assert own_orders.last_round() == 4
        assert {text.split()[0] for _, text in own_orders.marks("SOL/USDT")} == {
            "r0",
            "r1",
            "r2",
            "r3",
        }
    finally:
        Trade.session.remove()
