"""The matching engine: what orders take, rest, lock and move, whatever is asked of it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.binance.fees import BNB
from sandbox.binance.refusals import answer_to
from sandbox.exchange.account import Account
from sandbox.exchange.book import Book
from sandbox.exchange.fees import Fees
from sandbox.exchange.ledger import Balance, recompute
from sandbox.exchange.markets import SMALLEST
from sandbox.exchange.orders import OrderType, Side, Status, TimeInForce
from sandbox.exchange.refusals import Reason, RefusalError
from tests.support.exchanges import BTC, limit, make_account, make_book, market

FREE = Fees(Decimal(0), Decimal(0))


def state(account: Account) -> Any:
    return account.ledger, account.orders, account.fills


def test_a_market_order_walks_through_the_levels() -> None:
    account = make_account(FREE, USDT=1000)
    book = make_book(100, level_value=100, gap=100)  # 1 BTC at 100.01, 101.01, 102.01, ...
    order = account.place(market("buy", 2.5), book)
    assert order.status is Status.FILLED
    assert [(float(fill.price), float(fill.amount)) for fill in account.fills] == [
        (100.01, 1.0),
        (101.01, 1.0),
        (102.01, 0.5),
    ]
    assert order.quote_filled == Decimal("252.025")
    assert account.balance("BTC") == Balance(Decimal("2.5"), Decimal(0))
    assert account.balance("USDT").free == 1000 - order.quote_filled


def test_a_market_order_larger_than_the_book_expires_with_what_it_got() -> None:
    account = make_account(FREE, BTC=10)
    order = account.place(market("sell", 5), make_book(100, level_value=100, levels=2))
    assert order.status is Status.EXPIRED
    assert order.filled == 2
    assert account.balance("BTC") == Balance(Decimal(8), Decimal(0))


def test_a_market_order_may_name_what_it_spends() -> None:
    account = make_account(FREE, USDT=100)
    order = account.place(market("buy", quote_amount=Decimal(50)), make_book(100))
    assert order.filled == Decimal("0.499")  # whole lots only
    assert 50 - order.quote_filled < Decimal("0.1001")


def test_a_limit_order_fills_in_part_and_rests() -> None:
    account = make_account(FREE, USDT=1000)
    book = make_book(100, level_value=100, gap=100)
    order = account.place(limit("buy", 3, 101.5), book)
    assert (order.status, order.filled) == (Status.PARTIALLY_FILLED, Decimal(2))
    assert account.balance("USDT").locked == Decimal("101.5")
    account.work(book)
    assert account.order(order.id) == order  # what it took is gone until the price moves


def test_a_resting_order_fills_at_its_own_price_when_the_price_crosses_it() -> None:
    account = make_account(FREE, USDT=1000)
    order = account.place(limit("buy", 3, 90), make_book(100))
    assert order.status is Status.NEW
    account.work(make_book(90))  # the best ask is a tick above
    assert account.order(order.id) == order
    account.work(make_book("89.98", level_value=100, levels=1))
    part = account.order(order.id)
    assert part is not None
    assert (part.status, part.filled) == (Status.PARTIALLY_FILLED, Decimal("1.111"))
    account.work(make_book(80))
    done = account.order(order.id)
    assert done is not None
    assert done.status is Status.FILLED
    assert account.balance("USDT") == Balance(Decimal(730), Decimal(0))
    assert {fill.price for fill in account.fills} == {Decimal(90)}
    assert all(fill.maker for fill in account.fills)


def test_better_priced_orders_fill_first() -> None:
    account = make_account(FREE, USDT=1000)
    for price in (90, 92, 91):
        account.place(limit("buy", 1, price), make_book(100))
    account.work(make_book("89.99", level_value=135, levels=1))
    assert [float(order.filled) for order in account.orders] == [0.0, 1.0, 0.5]


@pytest.mark.parametrize(
    ("kind", "amount", "status", "filled"),
    [
        pytest.param("GTC", 3, Status.PARTIALLY_FILLED, 2, id="GTC rests"),
        pytest.param("IOC", 3, Status.EXPIRED, 2, id="IOC drops the rest"),
        pytest.param("FOK", 3, Status.EXPIRED, 0, id="FOK takes nothing in part"),
        pytest.param("FOK", 2, Status.FILLED, 2, id="FOK takes all"),
    ],
)
def test_the_time_in_force_decides_on_the_rest(
    kind: str, amount: int, status: Status, filled: int
) -> None:
    account = make_account(FREE, USDT=1000)
    book = make_book(100, level_value=100, gap=100)
    order = account.place(limit("buy", amount, 101.5, kind), book)
    assert (order.status, order.filled) == (status, filled)
    assert order.is_open == (account.balance("USDT").locked > 0)


def test_a_post_only_order_rests_or_is_refused() -> None:
    account = make_account(FREE, USDT=1000)
    assert account.place(limit("buy", 1, 100, "maker"), make_book(100)).status is Status.NEW
    before = state(account)
    with pytest.raises(RefusalError, match=Reason.WOULD_TAKE):
        account.place(limit("buy", 1, 100.01, "maker"), make_book(100))
    assert state(account) == before


def test_the_spread_is_around_the_price() -> None:
    book = make_book(100, spread=Decimal("0.01"))
    assert next(book.levels(Side.BUY)).price == Decimal("100.5")
    assert next(book.levels(Side.SELL)).price == Decimal("99.5")


@pytest.mark.parametrize(
    ("request_", "code", "message"),
    [
        pytest.param(limit("buy", "0.0005", 100), -1013, "LOT_SIZE", id="below the lot"),
        pytest.param(limit("buy", "1.0005", 100), -1013, "LOT_SIZE", id="no whole lot"),
        pytest.param(limit("buy", "1e16", 100), -1013, "LOT_SIZE", id="too large"),
        pytest.param(limit("buy", 1, "99.995"), -1013, "PRICE_FILTER", id="no whole tick"),
        pytest.param(limit("buy", "0.04", 100), -1013, "NOTIONAL", id="too small"),
        pytest.param(market("buy", "0.04"), -1013, "NOTIONAL", id="too small at the market"),
        pytest.param(limit("buy", 0, 100), -1013, "Invalid quantity.", id="nothing"),
        pytest.param(limit("buy", 1, 0), -1013, "Invalid price.", id="for nothing"),
        pytest.param(limit("buy", "1.000000001", 100), -1111, "precision", id="amount precision"),
        pytest.param(limit("buy", 1, "100.000000001"), -1111, "precision", id="price precision"),
        pytest.param(limit("buy", 11, 100), -2010, "insufficient balance", id="cannot be paid"),
        pytest.param(market("sell", 1), -2010, "insufficient balance", id="has none to sell"),
        pytest.param(market("buy", 10), -2010, "insufficient balance", id="the spread too much"),
    ],
)
def test_a_refused_order_changes_nothing(request_: Any, code: int, message: str) -> None:
    account = make_account(FREE, USDT=1000)
    book = make_book(100)
    before = state(account)
    with pytest.raises(RefusalError) as caught:
        account.place(request_, book)
    answer = answer_to(caught.value)
    assert answer.code == code
    assert message in str(answer)
    assert state(account) == before
    assert not book.taken


def test_a_name_is_unique_among_open_orders() -> None:
    account = make_account(FREE, USDT=1000)
    first = account.place(limit("buy", 1, 90, client_id="mine"), make_book(100))
    with pytest.raises(RefusalError, match=Reason.NAME_TAKEN):
        account.place(limit("buy", 1, 90, client_id="mine"), make_book(100))
    account.cancel(first.id)
    assert account.place(limit("buy", 1, 90, client_id="mine"), make_book(100)).id == 2


def test_cancelling_twice_is_refused_and_changes_nothing() -> None:
    account = make_account(FREE, USDT=1000)
    order = account.place(limit("buy", 1, 90), make_book(100))
    assert account.cancel(order.id).status is Status.CANCELED
    before = state(account)
    for number in (order.id, 77):
        with pytest.raises(RefusalError, match=Reason.NOT_OPEN):
            account.cancel(number)
    assert state(account) == before
    assert account.balance("USDT") == Balance(Decimal(1000), Decimal(0))


# --- whatever is asked ------------------------------------------------------------------------

FINE = replace(BTC, tick=SMALLEST, step=SMALLEST)  # so that every amount must be rounded
PRICES = st.integers(80 * 10**8, 120 * 10**8).map(lambda ticks: ticks * SMALLEST)
AMOUNTS = st.integers(1, 6 * 10**8).map(lambda lots: lots * SMALLEST)
KINDS = st.sampled_from(["GTC", "IOC", "FOK", "maker"])
SIDES = st.sampled_from(["buy", "sell"])
STEPS = st.one_of(
    st.tuples(st.just("market"), SIDES, AMOUNTS),
    st.tuples(st.just("limit"), SIDES, AMOUNTS, PRICES, KINDS),
    st.tuples(st.just("price"), PRICES),
    st.tuples(st.just("cancel"), st.integers(1, 12)),
    st.tuples(st.just("deposit"), st.sampled_from(["BTC", "USDT", "BNB"]), AMOUNTS),
)
FEES = st.builds(
    Fees,
    st.sampled_from([Decimal(0), Decimal("0.00075")]),
    st.sampled_from([Decimal("0.001"), Decimal("0.0133")]),
    st.sampled_from(["received", "quote"]),
    st.sampled_from([None, BNB]),
)


def book_at(price: Any) -> Book:
    """Build a book with a new level every cent."""
    return make_book(price, level_value=150, market=FINE, gap=10**6)


def do(account: Account, book: Book, step: tuple[Any, ...]) -> Book:
    """Do one step; a refusal is an answer too. Return the book that stands then."""
    name, *rest = step
    if name == "price":
        book = book_at(rest[0])
        account.work(book)
        return book
    try:
        if name == "market":
            account.place(market(*rest), book)
        elif name == "limit":
            account.place(limit(*rest), book)
        elif name == "cancel":
            account.cancel(rest[0])
        else:
            account.deposit(*rest)
    except RefusalError:
        pass
    return book


@given(fees=FEES, steps=st.lists(STEPS, max_size=25), bnb=st.sampled_from([None, "10"]))
def test_the_books_are_right_whatever_is_asked(fees: Fees, steps: list[Any], bnb: Any) -> None:
    account = make_account(fees, bnb=bnb, USDT=1500, BTC=5, BNB="0.05")
    book = book_at(100)
    for step in steps:
        filled = {order.id: order.filled for order in account.orders}
        closed = [order for order in account.orders if not order.is_open]
        book = do(account, book, step)
        check_balances(account)
        check_orders(account)
        assert all(account.order(order.id) == order for order in closed)
        assert all(order.filled >= filled.get(order.id, 0) for order in account.orders)
    check_conservation(account)


def check_balances(account: Account) -> None:
    assert recompute(account.ledger) == account.balances
    assert all(min(balance.free, balance.locked) >= 0 for balance in account.balances.values())
    for asset, balance in account.balances.items():
        locks = [order.locked for order in account.open_orders if order.paid_with == asset]
        assert balance.locked == sum(locks)


def check_orders(account: Account) -> None:
    for order in account.orders:
        fills = [fill for fill in account.fills if fill.order_id == order.id]
        assert order.filled == sum(fill.amount for fill in fills) <= order.amount
        assert order.quote_filled == sum(fill.quote_amount for fill in fills)
        assert (order.status is Status.FILLED) == (order.filled == order.amount)
        assert order.is_open == (order.locked > 0)
        assert order.time_in_force is TimeInForce.GTC or not order.is_open
        for fill in fills:
            worse = fill.price - order.price if order.side is Side.BUY else order.price - fill.price
            assert order.type is OrderType.MARKET or worse <= 0


def check_conservation(account: Account) -> None:
    # What was deposited, moved by the fills at their prices, less the fees: nothing else.
    expected = {
        asset: sum(
            entry.free for entry in account.ledger if entry.asset == asset and not entry.order_id
        )
        for asset in account.balances
    }
    for fill in account.fills:
        sign = 1 if fill.side is Side.BUY else -1
        assert 0 <= fill.price * fill.amount - fill.quote_amount < SMALLEST
        expected["BTC"] += sign * fill.amount
        expected["USDT"] -= sign * fill.quote_amount
        expected[fill.fee_asset] -= fill.fee
    assert {asset: balance.total for asset, balance in account.balances.items()} == expected


@given(steps=st.lists(STEPS, max_size=15))
def test_the_same_steps_give_the_same_account(steps: list[Any]) -> None:
    states = []
    for _ in range(2):
        account = make_account(USDT=1500, BTC=5)
        book = book_at(100)
        for step in steps:
            book = do(account, book, step)
        states.append(state(account))
    assert states[0] == states[1]


def test_a_coarse_lot_sets_the_least_that_trades() -> None:
    coarse = replace(BTC, step=Decimal(1))
    account = make_account(FREE, USDT=1000)
    order = account.place(market("buy", 3), make_book(100, market=coarse))
    assert order.filled == 3
