"""The words, figures and charts that a report gives a history."""

import base64
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rebalancing.performance.executions import Flows
from rebalancing.performance.history import History
from rebalancing.performance.record import Record
from rebalancing.report.figures import as_json, figures_of
from rebalancing.report.findings import Findings
from rebalancing.report.page import write_page
from rebalancing.report.series import extremes
from rebalancing.report.weight_charts import asset_chart, weights_chart
from rebalancing.report.words import story, verdict, warnings
from tests.support.builders import make_settings
from tests.support.histories import AFTER, BOUGHT, SWITCHED, Order, history


def record(found: History) -> Record:
    return Record("test", "backtest", "test", "1d", found, make_settings(), {1: "period"})


def worked_example(fee: float = 0.0) -> Findings:
    """50 + 50 becomes 60 + 80 and is rebalanced; a day later prices are the same."""
    closing: list[Order] = [(2, "BTC", -AFTER[0], 60, -1), (2, "ETH", -AFTER[1], 80, -1)]
    prices, amounts = [[50, 50], [60, 80], [60, 80]], [[0, 0], [1, 1], AFTER]
    return Findings(record(history(prices, amounts, [*BOUGHT, *SWITCHED, *closing], fee)))


def test_the_worked_example_has_no_premium_and_the_page_says_why() -> None:
    findings = worked_example()
    assert as_json(findings)["premium"] == pytest.approx(0, abs=1e-9)
    assert verdict(findings) == "Rebalancing made no difference against holding."
    page = write_page({"example": findings}, "now")
    assert "premium at that moment is 0, not 40" in page
    assert 'class="verdict even"' in page


def test_a_run_of_two_days_is_not_compounded_to_a_year() -> None:
    figures = as_json(worked_example())
    assert figures["total_return"] == pytest.approx(0.4)
    for key in ("annual_return", "money_annual", "calmar", "hodl_annual_return", "hodl_calmar"):
        assert figures[key] is None


def test_a_run_without_two_daily_returns_has_no_deviation() -> None:
    closing: list[Order] = [(1, "BTC", -1, 60, -1), (1, "ETH", -1, 80, -1)]
    findings = Findings(
        record(history([[50, 50], [60, 80]], [[0, 0], [1, 1]], [*BOUGHT, *closing]))
    )
    figures = as_json(findings)
    for key in ("volatility", "sharpe", "sortino", "tracking_error", "hodl_volatility"):
        assert figures[key] is None


def test_the_words_of_a_run_without_rounds_claim_none() -> None:
    closing: list[Order] = [(1, "BTC", -1, 60, -1), (1, "ETH", -1, 80, -1)]
    findings = Findings(
        record(history([[50, 50], [60, 80]], [[0, 0], [1, 1]], [*BOUGHT, *closing]))
    )
    _, rounds, drawdown = story(findings)
    assert rounds.startswith("No round has traded; all orders cost 0.00 USDT")
    assert 'class="verdict even"' in write_page({"no round": findings}, "now")
    assert drawdown == "The largest drawdown was 0.0 %, as deep as holding's."


def test_one_round_is_no_rounds() -> None:
    assert story(worked_example())[1].startswith("1 round turned the portfolio over")


def test_gains_of_the_worked_example_are_those_of_the_prices() -> None:
    figures = as_json(worked_example(fee=0.01))
    assert figures["gains"] == {"BTC": pytest.approx(10), "ETH": pytest.approx(30)}
    assert figures["received"]["BTC"] == pytest.approx(10)
    assert figures["received"]["ETH"] == pytest.approx(-10)
    assert figures["received"]["USDT"] == pytest.approx(-0.2)


def test_an_asset_that_falls_while_the_others_pay_is_named() -> None:
    fall: list[Order] = [
        *BOUGHT,
        *[(1, "BTC", -0.25, 50, 1), (1, "ETH", 0.5, 25, 1)],
        *[(2, "BTC", -0.1875, 50, 2), (2, "ETH", 0.75, 12.5, 2)],
    ]
    found = history(
        [[50, 50], [50, 25], [50, 12.5], [50, 6]],
        [[0, 0], [1, 1], [0.75, 1.5], [0.5625, 2.25]],
        fall,
    )
    (warning,) = warnings(Findings(record(found)))
    assert warning.startswith("ETH was carried by the others: from 1970-01-02 to 1970-01-04")
    assert "21.88 USDT into it, 29.2 % of the NAV on the first day" in warning
    assert "lost" in warning


def test_a_falling_asset_that_deposits_paid_for_is_not_said_to_be_carried_by_the_others() -> None:
    bought: list[Order] = [*BOUGHT, (1, "ETH", 2, 25, 1)]
    found = history([[50, 50], [50, 25], [50, 12.5]], [[0, 0], [1, 1], [1, 3]], bought)
    paid_in = Flows(np.array([0.5 * 86400]), np.array([50.0]))
    (warning,) = warnings(Findings(record(replace(found, flows=paid_in))))
    assert "carried" not in warning
    assert "rounds put 50.00 USDT into it, by deposits or by selling others" in warning


def test_every_figure_has_a_name_a_text_and_a_meaning() -> None:
    figures = figures_of(worked_example())
    assert len({figure.key for figure in figures}) == len(figures) > 25
    assert all(figure.label and figure.text and figure.meaning for figure in figures)


@pytest.mark.parametrize("count", [1, 2, 3, 10, 199, 200, 201, 35_040])
def test_a_line_for_the_screen_loses_no_peak(count: int) -> None:
    values = np.random.default_rng(count).normal(size=count)
    rows = extremes(values, 100)
    assert len(rows) <= 202
    assert (np.diff(rows) > 0).all()
    assert (rows[0], rows[-1]) == (0, count - 1)
    assert values[rows].max() == values.max()
    assert values[rows].min() == values.min()


def test_gaps_of_a_line_stay_gaps() -> None:
    values = np.ones(10_000)
    values[4_000:6_000] = np.nan
    assert np.isnan(values[extremes(values, 100)]).sum() >= 19


def test_the_weights_last_through_an_outage_in_which_nothing_has_a_price() -> None:
    nothing = float("nan")
    found = history(
        [[50, 50], [60, 80], [nothing, nothing], [60, 80]],
        [[0, 0], [1, 1], [1, 1], [1, 1]],
        BOUGHT,
    )
    weights = Findings(record(found)).weights
    assert weights[1].tolist() == weights[2].tolist() == [60 / 140, 80 / 140, 0.0]


def test_a_round_within_a_candle_is_marked_at_the_weight_before_it() -> None:
    late: list[Order] = [(1.5, "ETH", -10 / 80, 80, 1), (1.5, "BTC", 10 / 60, 60, 1)]
    found = history([[50, 50], [60, 80], [60, 80]], [[0, 0], [1, 1], AFTER], [*BOUGHT, *late])
    traces = asset_chart(Findings(record(found))).traces
    (marked,) = [t for t in traces if t["name"] == "round" and t["view"] == 1]
    assert _numbers(marked["y"]).tolist() == pytest.approx([80 / 140])


def test_the_stacked_weights_show_the_targets_and_the_band_around_each() -> None:
    found = replace(record(history([[50, 50], [60, 80]], [[0, 0], [1, 1]], BOUGHT)),
                    settings=make_settings(threshold=0.05))  # fmt: skip
    traces = weights_chart(Findings(found)).traces
    edges = [float(_numbers(trace["y"])[0]) for trace in traces if trace["name"] == "bands"]
    assert edges == pytest.approx([0.45, 0.55, 0.95, 1.0])
    borders = [float(_numbers(trace["y"])[0]) for trace in traces if trace["name"] == "targets"]
    assert borders == pytest.approx([0.5, 1.0])


def _numbers(packed: dict[str, Any]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed["bdata"]), dtype=f"<{packed['dtype']}")
