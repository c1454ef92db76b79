"""Assets that are listed late, or whose candles end early, against histories computed by hand."""

from dataclasses import replace

import numpy as np
import pytest

from rebalancing.performance.candle_spans import candle_spans, stranded
from rebalancing.performance.closing import close_portfolio
from rebalancing.performance.executions import OTHER
from rebalancing.performance.history import History
from rebalancing.performance.hodl import hold
from rebalancing.performance.starts import starts
from rebalancing.performance.summary import summarise
from tests.support.histories import BOUGHT, DAY, Order, history

NAN = float("nan")
LISTED: list[Order] = [(0, "BTC", 2, 50, 0), (2, "BTC", -1, 60, 1), (2, "ETH", 3, 20, 1)]
PRICES = [[50, NAN], [60, NAN], [60, 20], [60, 40]]


def listed(fee: float = 0.0, orders: list[Order] = LISTED, start: float = 100.0) -> History:
    held = [[0, 0], [2, 0], [2, 0], [1, 3]]
    return history(PRICES, held, orders, fee, start)


def test_hodl_buys_what_is_listed_late_when_the_portfolio_does() -> None:
    hodl = hold(listed())
    assert hodl.amounts.tolist() == [[0, 0], [2, 0], [2, 0], [1, 3]]
    assert summarise(listed()).premium == pytest.approx(0)


def test_hodl_pays_the_fee_for_the_sells_and_for_the_purchase() -> None:
    hodl = hold(listed(fee=0.01, start=101))
    btc, eth = hodl.amounts[-1]
    sold, bought = (2 - btc) * 60, eth * 20
    assert bought == pytest.approx(btc * 60 + hodl.cash[-1])  # half of what it has then
    assert sold * 0.99 == pytest.approx(bought * 1.01)


def test_cash_is_given_for_it_pro_rata_too() -> None:
    half_invested: list[Order] = [(0, "BTC", 1, 50, 0), *LISTED[1:]]
    found = replace(listed(orders=half_invested), targets=np.array([0.25, 0.5, 0.25]))
    hodl = hold(found)
    assert hodl.amounts[-1].tolist() == pytest.approx([0.5, 55 / 20])
    assert hodl.cash[-1] == pytest.approx(25)


def test_what_a_hand_bought_is_no_purchase_of_the_portfolio() -> None:
    by_hand = [LISTED[0], *((*order[:4], OTHER) for order in LISTED[1:])]
    assert hold(listed(orders=by_hand)).amounts[-1].tolist() == [2, 0]


def test_an_asset_that_was_sold_and_bought_again_is_not_new() -> None:
    again: list[Order] = [*BOUGHT, (1, "ETH", -1, 50, 1), (2, "ETH", 1, 50, 2)]
    found = history([[50, 50]] * 4, [[0, 0], [1, 1], [1, 0], [1, 1]], again)
    assert hold(found).amounts[-1].tolist() == [1, 1]


def test_two_assets_of_one_round_get_their_own_targets_each() -> None:
    orders: list[Order] = [(1, "BTC", 0.4, 50, 1), (1, "ETH", 0.8, 50, 1)]
    held = [[0, 0], [0, 0], [0.4, 0.8]]
    hodl = hold(history([[50, 50]] * 3, held, orders, targets=(0.2, 0.4, 0.4)))
    assert (hodl.amounts[-1] * 50).tolist() == pytest.approx([20, 40])
    assert hodl.cash[-1] == pytest.approx(40)


def test_hodl_buys_what_is_listed_while_another_one_is_not_listed_yet() -> None:
    orders: list[Order] = [(1, "BTC", 1, 50, 1), (2, "BTC", -0.5, 50, 2), (2, "ETH", 5, 10, 2)]
    prices = [[NAN, NAN], [50, NAN], [50, 10], [50, 10]]
    found = history(prices, [[0, 0], [0, 0], [1, 0], [0.5, 5]], orders, targets=(0.25, 0.5, 0.25))
    hodl = hold(found)
    assert hodl.amounts[2].tolist() == pytest.approx([100 / 2 / 50, 0])
    assert hodl.amounts[3].tolist() == pytest.approx([0.5, 5])
    assert hodl.cash[3] == pytest.approx(25)


def test_what_has_no_target_any_more_gets_the_share_that_was_spent_on_it() -> None:
    found = replace(listed(), targets=np.array([1.0, 0.0, 0.0]))
    assert hold(found).amounts[-1].tolist() == pytest.approx([1, 3])


def test_who_starts_before_a_listing_holds_the_new_asset_too() -> None:
    found = starts(listed())
    assert found.premium.tolist() == pytest.approx([0, 0, 0])


def ended() -> History:
    """ETH is bought in its last candle, which closes at a tenth of its open."""
    orders: list[Order] = [*BOUGHT, (1, "BTC", -0.5, 60, 1), (1, "ETH", 3, 10, 1)]
    closing: list[Order] = [(3, "BTC", -0.5, 60, -1), (1, "ETH", -4, 1, -1)]
    closes = np.array([[NAN, NAN], [50, 10], [60, 1], [60, 1]])
    prices = [[50, 50], [60, 10], [60, NAN], [60, NAN]]
    held = [[0, 0], [1, 1], [0.5, 4], [0.5, 4]]
    return replace(history(prices, held, [*orders, *closing]), closes=closes)


def test_what_has_ended_counts_at_its_last_close_in_path_nav_and_hodl() -> None:
    found = ended()
    assert found.nav().tolist() == pytest.approx([100, 70, 34, 34])
    assert close_portfolio(found).sold == pytest.approx(34)
    hodl = hold(found)
    assert found.value_of(hodl.amounts, hodl.cash).tolist() == pytest.approx([100, 70, 61, 61])
    assert hodl.closing.sold == pytest.approx(61)


def test_without_closes_it_counts_at_its_last_price() -> None:
    assert replace(ended(), closes=None).nav().tolist() == pytest.approx([100, 70, 70, 70])


def test_the_share_that_is_in_coins_without_candles_is_said() -> None:
    found = ended()
    assert stranded(found) == {"ETH": pytest.approx(4 / 34)}
    assert summarise(found).stranded == pytest.approx(4 / 34)
    (span,) = candle_spans(found)
    assert (span.asset, span.begin, span.end) == ("ETH", None, DAY)
    assert span.sentence == (
        "ETH has no candle after 1970-01-02 00:00: 11.8 % of the NAV is in it, at its last known "
        "price."
    )


def test_a_late_start_is_said_with_its_date_and_target() -> None:
    (span,) = candle_spans(listed())
    assert (span.begin, span.end, span.share) == (2 * DAY, None, 0.5)
    assert span.sentence == (
        "ETH joins the portfolio at 1970-01-03 00:00, its first price; its target is 50.0 % of it."
    )


def test_gaps_are_counted_and_a_whole_run_says_nothing() -> None:
    held = [[0, 0], [1, 1], [1, 1], [1, 1]]
    gap = history([[50, 50], [60, 60], [60, NAN], [60, 60]], held, BOUGHT)
    (span,) = candle_spans(gap)
    assert (span.gaps, span.sentence) == (1, "")
    assert candle_spans(history([[50, 50]] * 4, held, BOUGHT)) == []
