"""The figures of a run, against histories small enough to compute by hand."""

from datetime import UTC, datetime

import pytest

from rebalancing.performance.summary import Summary, summarise
from tests.support.histories import AFTER, BOUGHT, SWITCHED, Order, history

NAN = float("nan")
YEAR = 365


def worked_example(fee: float = 0.0, last: tuple[float, float] = (60, 80)) -> Summary:
    """50 + 50 becomes 60 + 80, is rebalanced, and closed a day later at these prices."""
    closing: list[Order] = [
        (2, "BTC", -AFTER[0], last[0], -1),
        (2, "ETH", -AFTER[1], last[1], -1),
    ]
    return summarise(
        history(
            [[50, 50], [60, 80], list(last)],
            [[0, 0], [1, 1], AFTER],
            [*BOUGHT, *SWITCHED, *closing],
            fee,
        )
    )


def test_the_worked_example_has_no_premium_at_its_own_moment() -> None:
    figures = worked_example()
    assert figures.nav == pytest.approx(140)
    assert figures.hodl_nav == pytest.approx(140)
    assert figures.premium == pytest.approx(0, abs=1e-9)


def test_what_comes_after_makes_the_premium() -> None:
    figures = worked_example(last=(80, 60))
    assert figures.nav == pytest.approx(AFTER[0] * 80 + AFTER[1] * 60)
    assert figures.hodl_nav == pytest.approx(140)
    assert figures.premium == pytest.approx(80 / 6 - 60 / 8)


def test_one_round_of_two_orders_is_counted() -> None:
    figures = worked_example()
    assert (figures.rounds, figures.orders) == (1, 2)


def test_turnover_is_half_the_notionals_over_the_nav_a_year() -> None:
    assert worked_example().turnover == pytest.approx(10 / 140 / (2 / YEAR))


def test_fees_are_those_of_every_order() -> None:
    assert worked_example(fee=0.01).fees == pytest.approx(0.01 * (100 + 20 + 140))


def test_the_nav_pays_every_fee() -> None:
    assert worked_example(fee=0.01).nav == pytest.approx(140 - 0.01 * (100 + 20 + 140))


def test_hodl_pays_to_buy_and_to_sell_but_for_no_round() -> None:
    figures = worked_example(fee=0.01)
    assert figures.hodl_nav == pytest.approx(140 - 0.01 * (100 + 140))
    assert figures.premium == pytest.approx(-0.01 * 20)


def test_largest_and_mean_drift_are_measured_before_the_orders() -> None:
    figures = worked_example()
    assert figures.largest_drift == pytest.approx(60 / 140 - 0.5)
    assert figures.largest_drift_of == "BTC"
    assert figures.largest_drift_at == datetime(1970, 1, 2, tzinfo=UTC)
    assert figures.mean_drift == pytest.approx(2 * (0.5 - 60 / 140) / 4)


def test_the_dates_are_those_of_the_first_and_the_last_candle() -> None:
    figures = worked_example()
    assert figures.begin == datetime(1970, 1, 1, tzinfo=UTC)
    assert figures.end == datetime(1970, 1, 3, tzinfo=UTC)


def test_the_closing_price_is_that_of_the_closing_orders() -> None:
    """The backtest sells at the open, the candle says otherwise: HODL sells where NAV does."""
    orders: list[Order] = [*BOUGHT, (1, "BTC", -1, 70, -1), (1, "ETH", -1, 80, -1)]
    figures = summarise(history([[50, 50], [1000, 1000]], [[0, 0], [1, 1]], orders))
    assert figures.nav == pytest.approx(150)
    assert figures.premium == pytest.approx(0)


def test_a_coin_without_closing_order_counts_at_its_last_price_less_the_fee() -> None:
    orders: list[Order] = [*BOUGHT, (2, "BTC", -1, 60, -1)]
    figures = summarise(
        history([[50, 50], [60, 20], [60, NAN]], [[0, 0], [1, 1], [1, 1]], orders, fee=0.01)
    )
    assert figures.nav == pytest.approx(-1 + 60 * 0.99 + 20 * 0.99)
    assert figures.premium == pytest.approx(0)
    assert figures.fees == pytest.approx(0.01 * (100 + 60))


def test_cash_that_was_never_invested_counts_in_both() -> None:
    orders: list[Order] = [*BOUGHT, (1, "BTC", -1, 60, -1), (1, "ETH", -1, 80, -1)]
    figures = summarise(
        history([[50, 50], [60, 80]], [[0, 0], [1, 1]], orders, start=150, targets=(0.3, 0.3, 0.4))
    )
    assert (figures.nav, figures.hodl_nav) == (pytest.approx(190), pytest.approx(190))


def test_drift_leaves_out_what_is_unavailable() -> None:
    orders: list[Order] = [*BOUGHT, (2, "BTC", -1, 60, -1), (2, "ETH", -1, 50, -1)]
    figures = summarise(history([[50, 50], [60, NAN], [60, 60]], [[0, 0], [1, 1], [1, 1]], orders))
    assert figures.largest_drift == pytest.approx(0)


def test_cash_drifts_too() -> None:
    orders: list[Order] = [(0, "BTC", 1, 40, 0), (0, "ETH", 1, 40, 0)]
    figures = summarise(history([[40, 40], [40, 40]], [[0, 0], [1, 1]], orders))
    assert figures.largest_drift == pytest.approx(0.2)
    assert figures.largest_drift_of == "USDT"


def test_the_mean_drift_is_that_of_the_members_with_a_target() -> None:
    orders: list[Order] = [(0, "BTC", 1, 60, 0)]
    figures = summarise(
        history([[60, 1], [60, 1]], [[0, 0], [1, 0]], orders, targets=(0.5, 0, 0.5))
    )
    assert figures.mean_drift == pytest.approx(0.1)


def test_a_result_without_an_initial_allocation_has_no_figures() -> None:
    with pytest.raises(ValueError, match="initial"):
        summarise(history([[50, 50], [50, 50]], [[0, 0], [0, 0]], [(0, "BTC", 1, 50, 1)]))
