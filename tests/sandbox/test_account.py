"""Balances, fees and the ledger that explains them, in memory and in a file."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import ccxt
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sandbox.__main__ import main
from sandbox.binance.dialect import Binance
from sandbox.exchange.errors import SandboxError
from sandbox.exchange.fees import Fees
from sandbox.exchange.keys import Keys
from sandbox.exchange.ledger import Balance, Entry, Wallet, recompute
from sandbox.exchange.ledger_file import LedgerFile
from sandbox.exchange.refusals import Reason, RefusalError
from sandbox.exchange.synthetic import write_candles
from sandbox.exchange.trading import Trading
from sandbox.serving.server import running
from tests.support.builders import PROJECT
from tests.support.command_lines import running_command
from tests.support.exchanges import (
    Caller,
    control,
    limit,
    make_account,
    make_book,
    make_exchange,
    market,
)
from tests.support.patience import PATIENCE

D = Decimal


def bought(fees: Fees, bnb: str | None = None, **free: object) -> dict[str, Decimal]:
    account = make_account(fees, bnb=bnb, USDT=1000, **free)
    account.place(market("buy", 1), make_book("99.99"))  # for exactly 100
    return {asset: balance.free for asset, balance in account.balances.items()}


def sold(fees: Fees) -> dict[str, Decimal]:
    account = make_account(fees, BTC=2)
    account.place(market("sell", 1), make_book(100))
    return {asset: balance.free for asset, balance in account.balances.items()}


def test_fees_come_out_of_what_is_received() -> None:
    assert bought(Fees()) == {"BTC": D("0.999"), "USDT": D(900)}
    assert sold(Fees()) == {"BTC": D(1), "USDT": D("99.9")}


def test_fees_may_be_paid_in_the_quote_currency() -> None:
    assert bought(Fees(asset="quote")) == {"BTC": D(1), "USDT": D("899.9")}
    assert sold(Fees(asset="quote")) == {"BTC": D(1), "USDT": D("99.9")}


def test_bnb_pays_fees_at_a_discount() -> None:
    got = bought(Fees(asset="BNB"), bnb="10", BNB=1)
    assert got == {"BTC": D(1), "USDT": D(900), "BNB": D("0.9925")}


@pytest.mark.parametrize(
    ("bnb", "amount"),
    [pytest.param("10", "0.007", id="too little"), pytest.param(None, "1", id="no price")],
)
def test_fees_fall_back_where_bnb_cannot_pay(bnb: str | None, amount: str) -> None:
    got = bought(Fees(asset="BNB"), bnb=bnb, BNB=amount)
    assert got == {"BTC": D("0.999"), "USDT": D(900), "BNB": D(amount)}


def test_makers_and_takers_pay_their_own_rate() -> None:
    account = make_account(Fees(maker=D("0.0002"), taker=D("0.0005")), USDT=1000)
    account.place(limit("buy", 1, 90), make_book(100))
    account.work(make_book(80))
    account.place(market("buy", 1), make_book(80))
    assert [fill.fee for fill in account.fills] == [D("0.0002"), D("0.0005")]


def test_a_buy_that_pays_fees_in_quote_locks_them_too() -> None:
    account = make_account(Fees(asset="quote"), USDT="100.05")
    with pytest.raises(Exception, match=Reason.NOT_COVERED):
        account.place(limit("buy", 1, 100), make_book(110))
    account.deposit("USDT", D("0.05"))
    order = account.place(limit("buy", 1, 100), make_book(110))
    assert account.balance("USDT") == Balance(D(0), D("100.1"))
    account.work(make_book(90))
    assert account.balance("USDT").total == 0
    assert account.balance("BTC").free == order.amount


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"maker": D("1")}, "maker 1: must be a fraction"),
        ({"taker": D("NaN")}, "taker NaN: must be a fraction"),
        ({"discount": D("-0.1")}, "discount -0.1: must be a fraction"),
        ({"asset": "EUR"}, "fee asset EUR: choose received, quote, BNB"),
    ],
)
def test_impossible_fees_are_refused(wrong: dict[str, object], match: str) -> None:
    with pytest.raises(SandboxError, match=match):
        Fees(**wrong)  # type: ignore[arg-type]  # any type, to be refused


def test_deposits_and_withdrawals_leave_entries() -> None:
    account = make_account(USDT=100)
    account.withdraw("USDT", D(30))
    assert account.balance("USDT").free == 70
    assert [(entry.cause, entry.free) for entry in account.ledger] == [
        ("deposit", D(100)),
        ("withdrawal", D(-30)),
    ]


@pytest.mark.parametrize("amount", [D(0), D(-1), D("NaN"), D("Infinity")])
def test_only_positive_amounts_move(amount: Decimal) -> None:
    account = make_account(USDT=100)
    with pytest.raises(SandboxError, match="must be a positive number"):
        account.deposit("USDT", amount)
    with pytest.raises(SandboxError, match="must be a positive number"):
        account.withdraw("USDT", amount)


def test_what_is_locked_cannot_be_withdrawn() -> None:
    account = make_account(USDT=100)
    account.place(limit("buy", 1, 90), make_book(100))
    with pytest.raises(SandboxError, match=r"only 10\S* are free"):
        account.withdraw("USDT", D(50))


def test_a_balance_never_becomes_negative() -> None:
    wallet = Wallet(lambda: 0)
    with pytest.raises(ValueError, match="would leave"):
        wallet.change("BTC", "trade", free=D(-1))
    assert wallet.ledger == ()


ENTRIES = st.builds(
    Entry,
    st.integers(0, 10**13),
    st.sampled_from(["BTC", "USDT"]),
    st.decimals(-1000, 1000, places=8),
    st.decimals(-1000, 1000, places=8),
    st.sampled_from(["deposit", "trade"]),
    st.none() | st.integers(1, 99),
)


@given(st.lists(ENTRIES))
def test_an_entry_survives_json(entries: list[Entry]) -> None:
    written = json.loads(json.dumps([entry.as_record() for entry in entries]))
    assert [Entry.from_record(record) for record in written] == entries


def test_an_account_goes_on_from_its_file(tmp_path: Path) -> None:
    file = LedgerFile(tmp_path / "ledger.jsonl")
    first = make_account(file=file, USDT=1000)
    first.place(market("buy", 1), make_book(100))
    resting = first.place(limit("buy", 2, 90, client_id="mine"), make_book(100))
    again = make_account(file=file)
    assert again.balances == first.balances == recompute(again.ledger)
    assert again.orders == first.orders
    assert again.fills == first.fills
    again.work(make_book(80))
    third = make_account(file=file)
    assert third.order(resting.id) == again.order(resting.id)
    assert third.balance("USDT").locked == 0
    assert third.place(market("sell", 1), make_book(100)).id == resting.id + 1


def test_a_line_torn_by_a_kill_is_taken_away(tmp_path: Path) -> None:
    file = LedgerFile(tmp_path / "ledger.jsonl")
    first = make_account(file=file, USDT=1000)
    first.place(limit("buy", 1, 90), make_book(100))
    whole = file.path.read_bytes()
    last = whole.splitlines(keepends=True)[-1]
    file.path.write_bytes(whole[: -len(last) // 2])
    again = make_account(file=file)
    assert again.balances == {"USDT": Balance(D(1000), D(0))}
    again.deposit("USDT", D(1))
    assert make_account(file=file).balance("USDT").free == 1001


def test_a_damaged_file_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text('{"entries": 3}\n{}\n')
    with pytest.raises(SandboxError, match=r"ledger\.jsonl, line 1: not a ledger"):
        make_account(file=LedgerFile(path))


def test_the_beginning_balances_come_once(tmp_path: Path) -> None:
    for _ in range(2):
        trading = Trading(
            make_exchange(BTC=100.0), balances={"USDT": 50}, file=tmp_path / "ledger.jsonl"
        )
        assert trading.account.balance("USDT").free == 50


# --- over a restart of the server, and from the command line ------------------------------------


def test_an_account_outlives_its_server(tmp_path: Path) -> None:
    file, keys, port = tmp_path / "ledger.jsonl", Keys.generate(), 0
    orders = []
    for _ in range(3):
        exchange = make_exchange(BTC=100.0)
        trading = Trading(exchange, balances={"USDT": 1000}, keys=keys, file=file)
        with running(exchange, Binance(), trading=trading, port=port) as url:
            port = int(url.rpartition(":")[2])
            call = Caller(url, trading)
            sent = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
            call("POST", "/api/v3/order", **sent, quantity="1", price="90")
            orders.append([order["orderId"] for order in call("GET", "/api/v3/openOrders")])
            (balance,) = call("GET", "/api/v3/account", omitZeroBalances="true")["balances"]
    assert orders == [[1], [1, 2], [1, 2, 3]]
    assert (balance["free"], balance["locked"]) == ("730.00000000", "270.00000000")


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


def test_what_an_order_was_refused_for_is_remembered() -> None:
    trading = Trading(make_exchange(BTC=100), balances={"USDT": 20})
    trading.exchange.halted.add("BTC/USDT")
    for request in (market("buy", "0.01"), market("buy", 1)):
        with pytest.raises(RefusalError):
            trading.place(request)
        trading.exchange.halted.clear()
    assert [one.reason for one in trading.refused] == [Reason.HALTED, Reason.NOT_COVERED]
    assert [one.request.amount for one in trading.refused] == [D("0.01"), D(1)]
