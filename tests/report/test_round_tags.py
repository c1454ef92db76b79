"""The tags of orders: one form, for the bot, the report and the charts."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from freqtrade.persistence import Trade, init_db
from hypothesis import given
from hypothesis import strategies as st

from rebalancing.freqtrade_side.history.bot_history import read_bot
from rebalancing.freqtrade_side.records import own_orders
from rebalancing.policy.reason import Cause, Reason
from rebalancing.rounds.tag import parse_tag, round_tag
from tests.report.test_of_bot import BEGIN, bot_config, life
from tests.support.bot_databases import write_database

CODES = st.from_regex(r"[A-Z0-9.$_币]{1,12}", fullmatch=True)


@given(
    st.integers(0, 10**6),
    st.sampled_from(Cause),
    st.none() | CODES,
    st.none() | st.floats(-9.0, 9.0),
)
def test_what_a_round_writes_is_read(
    number: int, cause: Cause, asset: str | None, drift: float | None
) -> None:
    text = round_tag(number, Reason(cause, asset, drift))
    tag = parse_tag(text)
    assert tag is not None
    assert (tag.number, tag.reason.cause, tag.reason.asset) == (number, cause, asset)
    assert tag.reason.drift == (None if drift is None else pytest.approx(drift, abs=0.0005001))
    assert round_tag(*tag) == text


FOREIGN = [
    *("", "r", "r1", "r1 ", "r period", "r1 Period", "R1 period", " r1 period", "r1 period "),
    *("r9 from telegram", "r9 asked by telegram", "r9 thresholds", "r9 period +3.4pp BTC"),
    *("r9 threshold BTC +3.4", "r9 threshold BTC 3.4pp", "r9 threshold BTC +3.44pp", "r-1 period"),
    *(
        "force_exit",
        "emergency_exit",
        "rebalance",
        "adopted",
        "withdrawn",
        "r1  period",
        "r² period",
    ),
]


@pytest.mark.parametrize("text", [None, 3, *FOREIGN])
def test_what_no_round_writes_is_none(text: object) -> None:
    assert parse_tag(text) is None


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
