"""Balances, fees and the ledger that explains them, in memory and in a file."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.binance.dialect import Binance
from sandbox.binance.fees import BNB
from sandbox.exchange.errors import SandboxError
from sandbox.exchange.fees import Discount, Fees
from sandbox.exchange.keys import Keys
from sandbox.exchange.ledger import Balance, Entry, Wallet, recompute
from sandbox.exchange.ledger_file import LedgerFile
from sandbox.exchange.refusals import Reason, RefusalError
from sandbox.exchange.trading import Trading
from sandbox.serving.server import running
from tests.support.exchanges import Caller, limit, make_account, make_book, make_exchange, market

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
    got = bought(Fees(discount=BNB), bnb="10", BNB=1)
    assert got == {"BTC": D(1), "USDT": D(900), "BNB": D("0.9925")}


@pytest.mark.parametrize(
    ("bnb", "amount"),
    [pytest.param("10", "0.007", id="too little"), pytest.param(None, "1", id="no price")],
)
def test_fees_fall_back_where_bnb_cannot_pay(bnb: str | None, amount: str) -> None:
    got = bought(Fees(discount=BNB), bnb=bnb, BNB=amount)
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
        ({"asset": "EUR"}, "fee asset EUR: choose received, quote$"),
    ],
)
def test_impossible_fees_are_refused(wrong: dict[str, object], match: str) -> None:
    with pytest.raises(SandboxError, match=match):
        Fees(**wrong)  # type: ignore[arg-type]  # any type, to be refused


def test_a_discount_of_less_than_nothing_is_refused() -> None:
    with pytest.raises(SandboxError, match=r"discount -0.1: must be a fraction"):
        Discount("BNB", D("-0.1"))


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


def test_what_an_order_was_refused_for_is_remembered() -> None:
    trading = Trading(make_exchange(BTC=100), balances={"USDT": 20})
    trading.exchange.halted.add("BTC/USDT")
    for request in (market("buy", "0.01"), market("buy", 1)):
        with pytest.raises(RefusalError):
            trading.place(request)
        trading.exchange.halted.clear()
    assert [one.reason for one in trading.refused] == [Reason.HALTED, Reason.NOT_COVERED]
    assert [one.request.amount for one in trading.refused] == [D("0.01"), D(1)]
