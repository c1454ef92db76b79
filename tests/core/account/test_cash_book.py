"""What the portfolio's cash should be, and what came or went besides its orders."""

import pytest

from rebalancing.account.cash_book import Booked, CashBook


def opened(investment: float | None = None, account: float = 1000.0) -> CashBook:
    return CashBook.opened(investment, account, 0.0, Booked())


def test_the_opening_is_what_the_account_has_before_its_orders() -> None:
    book = CashBook.opened(None, 400.0, -600.0, Booked(3))
    assert (book.expected, book.invested, book.last_order) == (400, 1000, 3)


def test_an_investment_leaves_the_rest_of_the_account_alone() -> None:
    book = opened(investment=300)
    assert (book.expected, book.invested) == (300, 300)
    assert book.settle(5000, 300, 0) == (book, 0)


@pytest.mark.parametrize("flow", [250.0, -250.0, 0.01, 1.0])
def test_a_change_without_orders_is_a_cash_flow(flow: float) -> None:
    book, found = opened().settle(1000 + flow, 1000, 0)
    assert found == pytest.approx(flow)
    assert (book.expected, book.invested) == pytest.approx((1000 + flow, 1000 + flow))


def test_own_orders_are_none() -> None:
    book = opened().after_orders(-500.5, Booked(4))
    assert book.settle(499.5, 1000, 0.5) == (book, 0)
    assert book.last_order == 4


def test_a_fee_that_was_only_estimated_is_none_but_it_is_gone() -> None:
    book, flow = opened().after_orders(-500, Booked(4)).settle(499.5, 1000, 0.5)
    assert flow == 0
    assert (book.expected, book.invested) == (499.5, 1000)


def test_fees_paid_in_another_coin_after_all_are_none() -> None:
    """All of the doubt, and the last digit of a sum."""
    book, flow = opened().after_orders(-500.1640464, Booked(4)).settle(500.0, 1000, 0.16404639)
    assert (book.expected, flow) == (500.0, 0)


def test_what_is_more_than_the_doubt_about_fees_is_a_flow() -> None:
    _, flow = opened().after_orders(-500, Booked(4)).settle(498.5, 1000, 0.5)
    assert flow == -1.5


def test_what_is_missing_of_an_investment_was_withdrawn() -> None:
    book, flow = opened(investment=800).settle(700, 800, 0)
    assert flow == -100
    assert book.expected == 700
    back, flow = book.settle(760, 800, 0)
    assert (back.expected, flow) == (760, 60)
    whole, flow = back.settle(5000, 800, 0)
    assert (whole.expected, flow) == (800, 40), "no more than the investment"
    assert whole.settle(6000, 800, 0) == (whole, 0)


@pytest.mark.parametrize(
    ("before", "after", "account", "flow"),
    [
        pytest.param(300, 300, 1000, 0, id="unchanged"),
        pytest.param(300, 500, 1000, 200, id="raised"),
        pytest.param(300, 100, 1000, -200, id="lowered"),
        pytest.param(None, None, 1000, 0, id="all of the account, still"),
        pytest.param(None, 400, 1000, -600, id="from all of the account to a part"),
        pytest.param(400, None, 1000, 600, id="from a part to all of it"),
    ],
)
def test_a_changed_investment_is_a_flow(
    before: float | None, after: float | None, account: float, flow: float
) -> None:
    book, found = opened(before, account).invest(after, account)
    assert found == flow
    assert book.investment == after
    assert book.invested == opened(before, account).invested + flow


def test_more_may_be_taken_out_than_there_is_cash() -> None:
    """Nearly all is in coins: the cash is negative until some of them are sold."""
    book, _ = opened(investment=1000).after_orders(-990, Booked(2)).invest(500, 10)
    assert book.expected == -490


def test_an_investment_the_account_never_reached_is_filled_up_and_not_taken_out() -> None:
    book = opened(investment=2000, account=1000)
    assert (book.expected, book.invested) == (1000, 1000)
    lower, flow = book.invest(1500, 1000)
    assert (lower.expected, flow) == (1000, 0), "of the 500 nothing was ever there"
    lowest, flow = book.invest(800, 1000)
    assert (lowest.expected, flow) == (800, -200)
    more, flow = lower.settle(1900, 1000, 0)
    assert (more.expected, flow) == (1500, 500), "a deposit counts up to the investment"
