"""``./setup.sh trade``: what it refuses, what it asks, and the bot it becomes."""

import json
import os
import pty
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.bot_configs import make_bot_config
from tests.support.command_lines import COMMAND, clean_environment, rebalance, write_config
from tests.support.live_bots import Ground, LiveBot, trading_ground
from tests.support.patience import PATIENCE

KEYS = {"key": "abc", "secret": "def"}
PRICES = {"BTC": 50_000.0, "ETH": 2_500.0}
POLICY = {"targets": {"BTC": 0.5, "ETH": 0.5}, "period": "24h"}


def refusal(folder: Path, *arguments: str, **environment: str) -> str:
    """Return the one line with which it refuses."""
    run = rebalance(folder, "trade", *arguments, **environment)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    return run.stderr


def write_live(folder: Path, **exchange: str) -> None:
    """Write user_data/live.json."""
    (folder / "user_data" / "live.json").write_text(
        json.dumps({"dry_run": False, "exchange": exchange})
    )


# --- refusals ---------------------------------------------------------------------------------


def test_a_state_that_would_do_nothing_is_refused(tmp_path: Path) -> None:
    write_config(tmp_path)
    assert '"initial_state": "running"' in refusal(tmp_path)


@pytest.mark.parametrize(
    ("exchange", "missing"),
    [
        pytest.param({}, "exchange.key, exchange.secret: missing", id="none"),
        pytest.param({"key": "abc"}, "exchange.secret: missing", id="no secret"),
        pytest.param({"key": "", "secret": ""}, "exchange.key, exchange.secret:", id="empty"),
        pytest.param({"name": "okx", **KEYS}, "exchange.password: missing", id="a third one"),
    ],
)
def test_live_without_keys_is_refused(
    tmp_path: Path, exchange: dict[str, str], missing: str
) -> None:
    write_config(tmp_path, initial_state="running")
    write_live(tmp_path, **exchange)
    line = refusal(tmp_path, "--yes")
    assert missing in line
    assert "user_data/live.json" in line


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({}, id="by file"),
        pytest.param({f"FREQTRADE__EXCHANGE__{k.upper()}": v for k, v in KEYS.items()}, id="both"),
    ],
)
def test_live_without_a_terminal_wants_a_yes(tmp_path: Path, environment: dict[str, str]) -> None:
    write_config(tmp_path, initial_state="running")
    write_live(tmp_path, **({} if environment else KEYS))
    assert "add --yes" in refusal(tmp_path, **environment)


def test_a_configuration_named_leaves_live_json_out(tmp_path: Path) -> None:
    write_config(tmp_path, dry_run=False, initial_state="running")
    write_live(tmp_path, **KEYS)
    assert "exchange.key" in refusal(tmp_path, "--config", "config.json")


def test_an_exchange_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    with trading_ground(tmp_path, PRICES, {"USDT": 1000}) as ground:
        config = make_bot_config(POLICY, list(PRICES), dry_run=True)
        bot = ground.bot(config)
    assert "gives no price" in refusal(tmp_path, *files_of(bot))


# --- the real thing ---------------------------------------------------------------------------


def files_of(bot: LiveBot) -> list[str]:
    folder = bot.folder
    names = ("config.json", "config-exchange.json")
    configs = [word for name in names for word in ("--config", str(folder / name))]
    return [*configs, "--userdir", str(folder), "--db-url", f"sqlite:///{bot.records.database}"]


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    with trading_ground(tmp_path, PRICES, {"USDT": 1000}) as ground:
        yield ground


def make_live_bot(ground: Ground, **overrides: Any) -> LiveBot:
    return ground.bot(make_bot_config(POLICY, list(PRICES), dry_run=False, **overrides))


def asked(bot: LiveBot, answer: str) -> tuple[int, str]:
    """Run it on a terminal, answer its question, and return status and all that was shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "trade", *files_of(bot)],
        cwd=bot.folder,
        env=clean_environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    try:
        while b"[y/N]" not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, f"{answer}\n".encode())
        return process.wait(PATIENCE), shown.decode()
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_a_no_starts_nothing(ground: Ground) -> None:
    bot = make_live_bot(ground)
    status, shown = asked(bot, "n")
    assert status == 1
    assert "with real money, on binance?" in shown
    assert "+497" in shown  # what it would have bought of each
    assert not bot.records.database.exists()
    assert not ground.trading.account.orders


def started(bot: LiveBot, *arguments: str) -> str:
    """Run it until the bot has closed its first round, and return what was shown before."""
    process = subprocess.Popen(
        [*COMMAND, "trade", *arguments, *files_of(bot), "--logfile", str(bot.folder / "log.txt")],
        cwd=bot.folder,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        end = time.monotonic() + PATIENCE
        while not bot.records.journal("closed"):
            assert time.monotonic() < end, bot.records.log
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=PATIENCE)
        return out
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_yes_becomes_a_bot_that_buys_what_was_shown(ground: Ground) -> None:
    bot = make_live_bot(ground)
    shown = started(bot, "--yes")
    assert "+497" in shown
    bought = [float(order.quote_filled) for order in ground.trading.account.orders]
    assert bought == pytest.approx([497.5, 497.5], rel=0.01)
    assert ground.trading.keys.secret not in shown + bot.records.log


@pytest.mark.slow
def test_a_rehearsal_is_simulated_and_asks_nothing(ground: Ground) -> None:
    bot = ground.bot(make_bot_config(POLICY, list(PRICES), dry_run=True))
    assert "orders are simulated" in started(bot)
    assert set(bot.records.held()) == set(PRICES)
    assert not ground.trading.account.orders
