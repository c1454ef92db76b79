"""What a real bot writes, whatever happens to it."""

import json
import re
from pathlib import Path

import pytest

from sandbox.serving.faults import Fault
from tests.support.portfolio_bots import PRICES, closed, trading_bot

SIGNED = re.compile(r"signature=[0-9a-f]{16}")

pytestmark = pytest.mark.slow


def test_the_journal_survives_kills(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (_, bot):
        for _ in range(3):
            bot.start()
            bot.wait_loops(1)
            bot.kill()
        bot.start()
        closed(bot, 1)
        bot.kill()
        lines = [json.loads(line) for line in bot.records.journal_text.splitlines()]
        assert len([line for line in lines if line["event"] == "start"]) == 4
        assert [line["time"] for line in lines] == sorted(line["time"] for line in lines)
        assert all({"time", "event"} <= line.keys() for line in lines)


def test_nothing_secret_is_written_however_requests_fail(tmp_path: Path) -> None:
    signed = ("/api/v3/account", "/api/v3/order", "/api/v3/allOrders")
    faults = [Fault("cut", "*", path, count=2, skip=1) for path in signed]
    faults += [Fault("hang", "GET", "/api/v3/account", seconds=2.2)]
    with trading_bot(tmp_path) as (ground, bot):
        bot.start()
        closed(bot, 1)
        for number, fault in enumerate(faults):
            ground.faults.add(fault)
            ground.set_prices(BTC=PRICES["BTC"] * (1.3 if number % 2 == 0 else 1.0))
            bot.wait_loops(6)
        assert len(ground.faults.fired) >= 4
        bot.stop()
        written = dict(bot.records.written())
        assert {"log.txt", "printed.txt", "trades.sqlite"} <= written.keys()
        assert "signature=***" in written["log.txt"], "there was something to hide"
        keys = ground.trading.keys
        for text in written.values():
            assert keys.key not in text
            assert keys.secret not in text
            assert not SIGNED.search(text)


def test_a_journal_that_cannot_be_written_is_told_and_stops_nothing(tmp_path: Path) -> None:
    """Its disk is full from the start."""
    with trading_bot(tmp_path) as (_, bot):
        (bot.folder / "logs").mkdir()
        (bot.folder / "logs" / "rebalance-trades.jsonl").symlink_to("/dev/full")
        bot.start()
        bot.wait_for(lambda: len(bot.records.held()) == 2)
        bot.wait_loops(3)
        (line,) = bot.records.complaints
        assert "the journal cannot be written, its lines are lost" in line


def test_a_journal_that_cannot_be_opened_is_one_line_and_status_2(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (_, bot):
        (bot.folder / "logs" / "rebalance-trades.jsonl").mkdir(parents=True)
        bot.start()
        bot.wait_for(lambda: not bot.alive, 15)
        assert bot.status == 2
        assert "the journal cannot be written: " in bot.records.log
        assert "Traceback" not in bot.records.log
