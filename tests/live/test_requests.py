"""What ``rebalance now`` answers is what happens; a portfolio that cannot trade costs little."""

import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.support.bot_configs import with_api
from tests.support.forked_bots import call_apart
from tests.support.live_bots import Ground, LiveBot
from tests.support.portfolio_bots import closed, command, trading_bot

pytestmark = pytest.mark.slow


def balances_asked(ground: Ground) -> int:
    with urlopen(f"{ground.url}/control/requests", timeout=10) as answer:
        counts = json.load(answer)
    return sum(count for name, count in counts.items() if "account" in name)


def print_preview(words: list[str]) -> str:
    """Return what the command prints, in a process of its own."""
    from rebalancing.cli import preview_tables
    from rebalancing.cli.bot_options import read_configuration
    from rebalancing.cli.preview import preview_of

    with redirect_stdout(io.StringIO()) as printed:
        preview_tables.print_preview(preview_of(read_configuration(words)))
    return printed.getvalue()


def preview(bot: LiveBot) -> str:
    words = ["--userdir", str(bot.folder), "--db-url", f"sqlite:///{bot.records.database}"]
    for name in ("config.json", "config-exchange.json"):
        words += ["--config", str(bot.folder / name)]
    return " ".join(call_apart(print_preview, words).split())


def test_now_says_what_comes_of_it(tmp_path: Path) -> None:
    with trading_bot(tmp_path, {"min_trade": 250}) as (ground, bot):
        bot.configure(**with_api(bot.config))
        bot.start()
        closed(bot, 1)
        bot.wait_loops(2)
        for n in (1, 2):
            assert command(bot, "now", f"{n:08x}").startswith("no round: ")
            assert len(bot.records.journal("no round")) == n, "a line each time"
        messages = "strategy_msg: Rebalancing: asked: no round, "
        bot.wait_for(lambda: bot.records.log.count(messages) == 2)
        shown = preview(bot)
        assert "no round is due; asked for with rebalance now, one would trade nothing" in shown
        ground.set_prices(BTC=120)  # 4.5 points, which are less than the smallest trade
        bot.wait_for(lambda: len(bot.records.journal("no round")) == 3)
        before = balances_asked(ground)
        bot.wait_loops(24)
        assert balances_asked(ground) - before <= 4, "once in 12 loops, as while nothing is due"
        assert len(bot.records.journal("no round")) == 3
        assert "a round is due: threshold BTC +4.5pp, and nothing can be" in preview(bot)
        ground.set_prices(BTC=300)
        assert closed(bot, 2)["outcome"] == "done"
        bot.ask("POST", "pause")
        bot.wait_for(lambda: bot.records.state_of_freqtrade == "PAUSED")
        paused = "no round starts: freqtrade is paused; /start lets it go on"
        assert command(bot, "now", "cccccccc") == paused
        assert "but no round starts: freqtrade is paused" in preview(bot)
        bot.ask("POST", "start")
        bot.wait_loops(3)
        assert len(bot.records.journal("round")) == 2, "what was answered is what happens"
