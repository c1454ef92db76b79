"""The command ``python -m sandbox serve``: the account it gives, and what it refuses."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import ccxt
import pytest
from click.testing import CliRunner

from sandbox.__main__ import main
from sandbox.exchange.keys import Keys
from sandbox.exchange.synthetic import write_candles
from sandbox.exchange.trading import Trading
from tests.support.builders import PROJECT
from tests.support.command_lines import running_command
from tests.support.exchanges import Caller, control, make_exchange
from tests.support.patience import PATIENCE


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[str, Callable[[], str]]]:
    """Serve in a process; yield the address and a way to read a further line."""
    command = [sys.executable, "-m", "sandbox", "serve", "--pairs", "BTC/USDT", *arguments]
    with running_command(command, cwd=PROJECT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[3], process.stdout.readline
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130


def test_the_command_gives_an_account_that_trades(tmp_path: Path) -> None:
    file = tmp_path / "overlay.json"
    arguments = ["--balance", "USDT=1000", "--balance", "BNB=2", "--fee-asset", "BNB"]
    with serving(*arguments, "--overlay", str(file)) as (url, line):
        assert str(file) in line()
        made = json.loads(file.read_text())["exchange"]
        assert file.stat().st_mode & 0o077 == 0
        control(url, "price", pair="BTC/USDT", price=100.0)
        api = ccxt.binance({"apiKey": made["key"], "secret": made["secret"], **made["ccxt_config"]})
        assert api.fetch_balance()["BNB"]["free"] == 2.0
        assert api.create_order("BTC/USDT", "market", "buy", 1)["status"] == "closed"


def test_without_an_account_the_overlay_leads_to_the_public_exchange(tmp_path: Path) -> None:
    file = tmp_path / "overlay.json"
    with serving("--overlay", str(file)) as (url, line):
        assert "in dry-run" in line()
        made = json.loads(file.read_text())["exchange"]
        assert (made["key"], made["secret"]) == ("", "")
        control(url, "price", pair="BTC/USDT", price=100.0)
        api = ccxt.binance(made["ccxt_config"])
        assert api.fetch_ticker("BTC/USDT")["last"] == 100.0


def test_the_command_takes_keys_and_goes_on_with_a_ledger(tmp_path: Path) -> None:
    keys = Keys.generate()
    (tmp_path / "keys.json").write_text(json.dumps({"key": keys.key, "secret": keys.secret}))
    Trading(make_exchange(BTC=1.0), balances={"BTC": 3}, file=tmp_path / "ledger.jsonl")
    given = ["--keys", str(tmp_path / "keys.json"), "--ledger", str(tmp_path / "ledger.jsonl")]
    with serving(*given) as (url, _):
        call = Caller(url, Trading(make_exchange(BTC=1.0), keys=keys))
        (balance,) = call("GET", "/api/v3/account", omitZeroBalances="true")["balances"]
    assert balance == {"asset": "BTC", "free": "3.00000000", "locked": "0.00000000"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--balance", "USDT"], "--balance USDT: write it like USDT=1000"),
        (["--balance", "USDT=-1"], "deposit of -1 USDT: must be a positive number"),
        (["--balance", "USDT=1", "--taker-fee", "2"], "taker 2: must be a fraction"),
        (["--balance", "USDT=1", "--keys", "none.json"], "none.json: must be a JSON object"),
        (["--overlay", "no/where.json"], "--overlay no/where.json: cannot be written (No such"),
        (["--speed", "60"], "--speed needs --start"),
        (["--start", "2024-01-01"], "--start needs --datadir"),
        (["--spread", "3"], "spread 3: must be a fraction"),
    ],
)
def test_a_wrong_wish_is_one_clear_line(arguments: list[str], message: str) -> None:
    ended = CliRunner().invoke(main, ["serve", "--pairs", "BTC/USDT", *arguments])
    assert ended.exit_code == 2
    assert ended.output.startswith(f"error: {message}")
    assert ended.output.count("\n") == 1


def test_a_start_outside_the_candles_is_refused(tmp_path: Path) -> None:
    write_candles(tmp_path, "BTC/USDT", "1h", [1.0] * 48, datetime(2024, 1, 1, tzinfo=UTC))
    arguments = ["serve", "--datadir", str(tmp_path), "--start", "2023-01-01"]
    ended = CliRunner().invoke(main, arguments)
    assert ended.exit_code == 2
    assert ended.output == (
        "error: --start 2023-01-01: candles are from 2024-01-01 to 2024-01-02\n"
    )
