"""What ``rebalance status`` knows of a bot in the hands of its user, from real processes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.bot_configs import with_api
from tests.support.forked_bots import call_apart
from tests.support.live_bots import LiveBot
from tests.support.portfolio_bots import closed, trading_bot

pytestmark = pytest.mark.slow


def read_status(config: dict[str, Any]) -> Any:
    """Read what the command would, in a process of its own."""
    from rebalancing.freqtrade_side.outside.bot_database import open_database
    from rebalancing.freqtrade_side.outside.bot_report import read_report

    open_database(config["db_url"])
    return read_report(config).status


def status(bot: LiveBot) -> Any:
    database = f"sqlite:///{bot.records.database}"
    return call_apart(read_status, {**bot.config, "db_url": database, "user_data_dir": bot.folder})


def test_status_follows_what_freqtrade_and_its_user_do(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (_, bot):
        bot.configure(**with_api(bot.config))
        bot.start()
        closed(bot, 1)
        bot.wait_loops(2)
        found = status(bot)
        assert (found.condition, found.freqtrade, found.kept) == ("running", "running", None)
        assert f"process {bot.process.pid}" in found.process
        assert datetime.now(UTC) - found.heard < timedelta(seconds=30), "not once a minute"
        bot.ask("POST", "pause")
        bot.wait_for(lambda: status(bot).condition == "paused by freqtrade")
        bot.ask("POST", "stop")
        bot.wait_for(lambda: status(bot).condition == "stopped by freqtrade")
        bot.ask("POST", "start")
        bot.wait_for(lambda: status(bot).condition == "running")
        wrong = {**bot.config["rebalance"], "targets": {"BTC": 50, "ETH": 30, "USDT": 20}}
        right = bot.config["rebalance"]
        bot.reload(rebalance=wrong)
        found = status(bot)
        assert found.condition == "running"
        assert "write fractions" in found.kept
        bot.reload(rebalance=right)
        assert status(bot).kept is None
        bot.kill()
        found = status(bot)
        assert (found.condition, found.process) == ("not running", "")
