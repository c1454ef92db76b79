"""What a wrong clock of the exchange does to the evidence of a life: nothing."""

import pytest

from sandbox.exchange.refusals import RefusalError
from sandbox.exchange.trading import Trading
from tests.campaign.true_times import clock_change, true_books
from tests.support.exchanges import limit, make_exchange, market

HOUR_MS = 3_600_000


def test_books_have_true_times_whatever_the_clock_showed() -> None:
    exchange = make_exchange(BTC=100.0)
    trading = Trading(exchange, balances={"USDT": 1_000})
    began = exchange.true_ms
    changes = []
    trading.place(market("buy", "0.1"))
    resting = trading.place(limit("buy", "0.1", 90))
    changes.append(clock_change(trading, 5 * HOUR_MS))
    exchange.set_price("BTC/USDT", 80.0)  # it fills by the wrong clock
    with pytest.raises(RefusalError):
        trading.place(market("buy", 100))
    changes.append(clock_change(trading, -HOUR_MS))
    trading.place(market("sell", "0.07"))
    changes.append(clock_change(trading, 0))
    trading.place(market("sell", "0.07"))
    ended = exchange.true_ms
    wrong = trading.account.fills[1]
    assert (wrong.order_id, wrong.time_ms > ended) == (resting.id, True)
    books = true_books(trading, changes)
    moments = [one.time_ms for name in ("fills", "ledger", "refused") for one in books[name]]
    moments += [m for order in books["orders"] for m in (order.created_ms, order.updated_ms)]
    # A second more on each side: the machine's own clock may be set meanwhile.
    assert all(began - 1_000 <= moment <= ended + 1_000 for moment in moments), moments
    assert [len(books[name]) for name in ("orders", "fills", "refused")] == [4, 4, 1]
    assert books["orders"][1].created_ms <= books["fills"][1].time_ms
