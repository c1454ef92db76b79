"""When an order is given up for never made, asked of the local exchange."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from freqtrade.persistence import Trade, init_db

from rebalancing.account.in_flight import InFlightOrder
from rebalancing.freqtrade_side.live.lost_orders import LostOrders
from rebalancing.freqtrade_side.live.order_marks import OrderMarks
from rebalancing.freqtrade_side.live.trade_writer import TradeWriter
from rebalancing.freqtrade_side.records import booked_orders
from sandbox.binance.dialect import Binance
from sandbox.exchange.orders import OrderRequest, OrderType, Side
from sandbox.exchange.trading import Trading
from sandbox.serving.server import running
from tests.support.exchanges import freqtrade_on, make_exchange

NOW = datetime.now(UTC)
CONFIG = {"stake_currency": "USDT", "timeframe": "1h"}


@contextmanager
def place(is_live: bool = True, mark: str = "rb-00000000-") -> Iterator[tuple[Trading, LostOrders]]:
    init_db("sqlite://")
    exchange = make_exchange(BTC=100)
    trading = Trading(exchange, balances={"USDT": 1000})
    with running(exchange, Binance(), trading=trading) as url, freqtrade_on(url, trading) as client:
        trade_writer = TradeWriter(client, CONFIG, "SmartRebalance")
        if not mark:  # as on an exchange for which ccxt has no such word
            del client._api.options["broker"]
        marks = OrderMarks(client, mark)
        yield trading, LostOrders(client, trade_writer, "USDT", is_live, marks)


def intent(seconds_ago: float, size: float = 100.0, mark: str = "") -> InFlightOrder:
    """Return the intent of a buy; one of an older version where it has no mark."""
    at = NOW - timedelta(seconds=seconds_ago)
    return InFlightOrder(
        asset="BTC", side="buy", size=size, at=at, tag="r0 initial", after=0, mark=mark
    )


def buy(trading: Trading, client_id: str, amount: str = "1") -> None:
    trading.place(
        OrderRequest(
            "BTC/USDT", Side.BUY, OrderType.MARKET, Decimal(amount), None, client_id=client_id
        )
    )


@pytest.mark.parametrize(
    ("seconds_ago", "in_doubt"),
    [
        pytest.param(0, True, id="it may still be on its way"),
        pytest.param(10.5, True, id="the exchange would take it yet"),
        pytest.param(12, False, id="it is too late for it to arrive"),
    ],
)
def test_an_order_the_exchange_does_not_have(seconds_ago: float, in_doubt: bool) -> None:
    with place() as (_, lost):
        doubtful, found = lost.settle(NOW, [intent(seconds_ago)])
    assert (len(doubtful), found) == (int(in_doubt), [])


def test_a_simulated_order_is_never_in_doubt() -> None:
    with place(is_live=False) as (_, lost):
        assert lost.settle(NOW, [intent(0)]) == ((), [])


@pytest.mark.parametrize(
    ("client_id", "amount", "is_ours"),
    [
        pytest.param("rb-00000000-abc", "1", True, id="ours"),
        pytest.param("rb-11111111-abc", "1", False, id="another bot's"),
        pytest.param("web-abc", "1", False, id="the user's own"),
        pytest.param("rb-00000000-abc", "0.8", True, id="ours, filled far from the price shown"),
    ],
)
def test_only_the_order_that_was_meant_is_found(client_id: str, amount: str, is_ours: bool) -> None:
    with place() as (trading, lost):
        buy(trading, client_id, amount)
        _, found = lost.settle(NOW, [intent(0)])
    assert len(found) == int(is_ours)


@pytest.mark.parametrize(
    ("client_id", "is_meant"),
    [
        pytest.param("rb-00000000-GHabc", True, id="its own"),
        pytest.param("rb-00000000-XYabc", False, id="of an intent whose trade was deleted since"),
        pytest.param("rb-00000000-abc", False, id="sold or bought by hand with this bot"),
    ],
)
def test_an_order_is_found_by_the_intent_that_it_was_made_of_alone(
    client_id: str, is_meant: bool
) -> None:
    with place() as (trading, lost):
        buy(trading, client_id)
        _, found = lost.settle(NOW, [intent(0, mark="rb-00000000-GH")])
    assert len(found) == int(is_meant)


def test_freqtrade_sends_the_mark_of_each_intent() -> None:
    with place() as (trading, lost):
        sent = []
        for _ in range(5):
            sent.append(lost.marks.next())
            order_of(lost)
        lost.settle(NOW, [])
        order_of(lost)
        made = [str(order.client_id) for order in trading.account.orders]
    assert all(identifier.startswith(mark) for mark, identifier in zip(sent, made, strict=False))
    assert all(before != after for before, after in pairwise(sent))
    assert {len(identifier) for identifier in made} == {36, 34}, "Binance takes 36"
    assert not any(made[-1].startswith(mark) for mark in sent)


def order_of(lost: LostOrders) -> None:
    """Let freqtrade's exchange send an order."""
    lost._exchange.create_order(
        pair="BTC/USDT", ordertype="market", side="buy", amount=0.1, rate=100.0, leverage=1.0
    )


@pytest.mark.parametrize(
    ("amount", "is_ours"),
    [pytest.param("1", True, id="as meant"), pytest.param("2", False, id="of another size")],
)
def test_where_orders_bear_no_mark_their_size_tells(amount: str, is_ours: bool) -> None:
    with place(mark="") as (trading, lost):
        buy(trading, "web-abc", amount)
        _, found = lost.settle(NOW, [intent(0)])
    assert len(found) == int(is_ours)


def test_an_older_order_that_was_cancelled_is_no_answer() -> None:
    with place() as (trading, lost):
        older = OrderRequest(
            "BTC/USDT",
            Side.BUY,
            OrderType.LIMIT,
            Decimal(1),
            Decimal(90),
            client_id="rb-00000000-abc",
        )
        trading.cancel(trading.place(older).id)
        doubtful, found = lost.settle(NOW, [intent(0)])
    assert (len(doubtful), found) == (1, [])


def test_an_order_that_got_the_number_of_a_deleted_one_is_no_older_one() -> None:
    """freqtrade makes the order that was meant; the trade before it has been deleted."""
    with place() as (trading, lost):
        buy(trading, "rb-00000000-one")
        lost.settle(NOW, [intent(0)])
        known = booked_orders.all_orders()
        facts = {"after": known.last_order, "since": known.since, "names": known.names}
        meant = intent(0).model_copy(update={**facts, "tag": "r1 asked"})
        (trade,) = Trade.get_open_trades()
        trade.delete()
        buy(trading, "rb-00000000-two")
        lost.settle(NOW, [intent(0)])
        assert booked_orders.all_orders().last_order == known.last_order, "given again"
        doubtful, found = lost.settle(NOW, [meant])
    assert (doubtful, found) == ((), [])


@pytest.mark.parametrize(
    ("client_id", "side", "is_by_hand"),
    [
        pytest.param("web-abc", Side.SELL, True, id="sold by the user"),
        pytest.param("rb-00000000-abc", Side.SELL, True, id="sold by hand with this bot"),
        pytest.param("rb-00000000-GHabc", Side.SELL, False, id="of a round, its trade deleted"),
        pytest.param("rb-11111111-abc", Side.SELL, False, id="another bot's"),
        pytest.param("web-abc", Side.BUY, False, id="a buy"),
    ],
)
def test_the_orders_that_count_as_sales_by_hand(
    client_id: str, side: Side, is_by_hand: bool
) -> None:
    with place() as (trading, lost):
        buy(trading, "rb-00000000-GHbought")
        if side is Side.BUY:
            buy(trading, client_id)
        else:
            kind = OrderType.MARKET
            sell = OrderRequest("BTC/USDT", side, kind, Decimal("0.5"), client_id=client_id)
            trading.place(sell)
        found = lost.sold_by_hand("BTC", NOW)
        assert [order["filled"] for order in found] == [0.5] * is_by_hand
        assert lost.sold_by_hand("BTC", NOW + timedelta(hours=1)) == [], "it was there before"
        assert lost.sold_by_hand("SOL", NOW) == [], "nobody answers for what is not listed"


def test_a_sale_that_a_trade_knows_is_not_found_again() -> None:
    with place() as (trading, lost):
        buy(trading, "rb-00000000-GHbought")
        lost.settle(NOW, [intent(0)])
        kind = OrderType.MARKET
        trading.place(OrderRequest("BTC/USDT", Side.SELL, kind, Decimal("0.5"), client_id="web"))
        (order,) = lost.sold_by_hand("BTC", NOW)
        lost.enter("BTC", order, "sold_on_exchange", NOW)
        assert lost.sold_by_hand("BTC", NOW) == []
