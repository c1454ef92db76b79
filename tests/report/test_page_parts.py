"""The parts of the page: charts, tables and what stands side by side, before they are shown."""

import base64
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rebalancing.market.portfolio import Vector
from rebalancing.performance.record import Record
from rebalancing.report.asset_tables import asset_table, correlation_map
from rebalancing.report.calendar import calendar_of
from rebalancing.report.comparison import Comparison, compare
from rebalancing.report.configuration import what_ran
from rebalancing.report.contribution_charts import contribution_chart
from rebalancing.report.drift_chart import drift_chart
from rebalancing.report.findings import Findings
from rebalancing.report.page import write_page
from rebalancing.report.premium_charts import premium_chart
from rebalancing.report.premium_tables import cost_table
from rebalancing.report.return_tables import MONTHS, premium_map, returns_map
from rebalancing.report.round_marks import MANY
from rebalancing.report.value_charts import value_chart
from tests.support.builders import make_settings
from tests.support.histories import BOUGHT, DAY, Order, history

pytest_plugins = ("tests.support.page_fixtures",)

MONDAY = 4 * DAY  # 1970-01-05


def made(
    prices: list[list[float]], orders: list[Order], start: float = MONDAY, **settings: Any
) -> Record:
    """Make a record of BTC and ETH with a moment a day, of which one each is held."""
    amounts = [[0.0, 0.0]] + [[1.0, 1.0]] * (len(prices) - 1)
    found = history(prices, amounts, orders)
    moved = replace(found.executions, time=found.executions.time + start)
    found = replace(found, time=found.time + start, executions=moved)
    tags = {number: f"r{number}" for number in {order[4] for order in orders}}
    return Record("name", "backtest", "source", "1d", found, make_settings(**settings), tags)


def flat(days: int, *swaps: int) -> Record:
    """Make a record in which prices stand still, with a round on each of these days."""
    orders = [*BOUGHT]
    for number, day in enumerate(swaps, 1):
        orders += [(day, "ETH", -0.1, 50, number), (day, "BTC", 0.1, 50, number)]
    return made([[50, 50]] * days, orders)


def numbers(packed: Mapping[str, Any]) -> Vector:
    data = np.frombuffer(base64.b64decode(packed["bdata"]), dtype=f"<{packed['dtype']}")
    return data.astype(float)


def columns(comparison: Comparison, label: str) -> list[tuple[str, bool]]:
    (line,) = [line for line in comparison.figures if line.label == label]
    return [(entry.text, entry.is_best) for entry in line.entries]


# --- side by side ----------------------------------------------------------------------------


def test_columns_are_named_by_all_that_differs_and_by_nothing_else() -> None:
    one = flat(5, 2)
    other = replace(
        one,
        settings=make_settings(period="7d", threshold=0.03),
        history=replace(one.history, fee=0.001, start=200.0),
    )
    names = compare({"a": Findings(one), "b": Findings(other)}).names
    assert names == (
        "period 24h, no threshold, fee 0 %, from 100.00 USDT",
        "period 7d, threshold 3 %, fee 0.1 %, from 200.00 USDT",
    )


def test_columns_that_would_bear_the_same_name_keep_their_titles() -> None:
    one, other = flat(5, 2), flat(5, 3)
    found = {"a": Findings(one), "b": Findings(other)}
    assert compare(found).names == ("a", "b")
    third = replace(one, settings=make_settings(period="7d"))
    assert compare({**found, "c": Findings(third)}).names == ("a", "b", "c")


def test_the_best_of_a_row_is_marked_for_what_can_be_better() -> None:
    rising = [[50, 50], [50, 50], [60, 50], [60, 50]]
    good = made(rising, [*BOUGHT, (1, "ETH", -0.5, 50, 1), (1, "BTC", 0.5, 50, 1)])
    bad = made(rising, [*BOUGHT, (1, "ETH", 0.5, 50, 1), (1, "BTC", -0.5, 50, 1)])
    found = compare({"good": Findings(good), "bad": Findings(bad)})
    assert [best for _, best in columns(found, "Premium")] == [True, False]
    assert [best for _, best in columns(found, "NAV")] == [True, False]
    assert not any(best for _, best in columns(found, "HODL NAV"))
    assert not any(best for _, best in columns(found, "Rounds"))
    alike = compare({"one": Findings(good), "two": Findings(good)})
    assert not any(entry.is_best for line in alike.figures for entry in line.entries)


def test_different_times_are_warned_about_and_nothing_is_best() -> None:
    found = compare({"a": Findings(flat(5, 2)), "b": Findings(flat(6, 2))})
    assert len(found.warnings) == 1
    assert "1970-01-09" in found.warnings[0]
    assert "1970-01-10" in found.warnings[0]
    assert not any(entry.is_best for line in found.figures for entry in line.entries)
    assert compare({"a": Findings(flat(5, 2)), "b": Findings(flat(5, 3))}).warnings == ()


def test_money_is_judged_only_from_the_same_start() -> None:
    one, other = flat(5, 2), flat(5, 3)
    richer = replace(other, history=replace(other.history, start=200.0))
    found = compare({"a": Findings(one), "b": Findings(richer)})
    assert not any(best for _, best in columns(found, "NAV"))


# --- what ran --------------------------------------------------------------------------------


def test_what_ran_is_told_from_the_record(page_record: Record) -> None:
    overridden = replace(page_record, policy_source="SmartRebalance.json")
    assert dict(what_ran(Findings(overridden)))["Policy from"] == "SmartRebalance.json"
    rows = dict(what_ran(Findings(page_record)))
    assert rows["Policy from"] == "configuration"
    assert re.fullmatch(r"SmartRebalance [\d.]+, freqtrade [\d.]+", rows["Versions"])
    assert rows["Targets"] == "equal, 25 % each of 4 assets"
    assert "0.7 points" in rows["Policy"]
    assert rows["Fee"] == "0.1 %"
    assert rows["Candles"] == "4h"
    assert rows["Pairs"].startswith("BTC/USDT, ETH/USDT, BNB/USDT, SOL/USDT")
    assert rows["Range"].startswith("2023-12-30")
    assert rows["Gaps"] == "none"


def test_candles_that_start_late_end_early_or_are_missing_are_told() -> None:
    gone = np.nan
    prices = [[50, 50], [50, 50], [gone, 50], [50, 50], [50, gone], [50, gone]]
    rows = dict(what_ran(Findings(made(prices, BOUGHT))))
    assert rows["Gaps"] == ("BTC: 1 candle missing; ETH: until 1970-01-08, then 50.0 % of the NAV")


def test_cautions_and_remarks_are_seen(page_record: Record) -> None:
    told = replace(page_record, cautions=("fee: look again",), remarks=("SOL began late",))
    page = write_page({"one": Findings(told)}, "now")
    for sentence in ("fee: look again", "SOL began late"):
        assert f'<p class="warning">{sentence}</p>' in page


@pytest.mark.parametrize(("days", "shown"), [(300, "Total return"), (400, "Annual return")])
def test_a_return_is_compounded_in_the_first_cards_from_a_year_on(days: int, shown: str) -> None:
    page = write_page({"one": Findings(flat(days, 2))}, "now")
    cards = page.split('class="cards"')[1].split("</section>")[0].split("<section")[0]
    assert {name for name in ("Total return", "Annual return") if name in cards} == {shown}


# --- charts ----------------------------------------------------------------------------------


def test_the_bars_of_the_change_of_the_nav_begin_where_the_one_before_ends(
    page_record: Record,
) -> None:
    findings = Findings(page_record)
    (bars,) = contribution_chart(findings).traces
    sizes, bases = numbers(bars["x"]), numbers(bars["base"])
    np.testing.assert_allclose(bases[1:-1], (bases + sizes)[:-2])
    assert bases[0] == bases[-1] == 0
    assert sizes[-1] == pytest.approx((bases + sizes)[-2]) == findings.attribution.change[-1]


def test_the_area_of_the_drift_holds_every_asset(page_record: Record) -> None:
    findings = Findings(page_record)
    low, high = (numbers(trace["y"]) for trace in drift_chart(findings).traces[:2])
    assert np.nanmin(low) == pytest.approx(np.nanmin(findings.drift) * 100, rel=1e-6)
    assert np.nanmax(high) == pytest.approx(np.nanmax(findings.drift) * 100, rel=1e-6)


@pytest.mark.parametrize(("rounds", "axis"), [(MANY - 1, None), (MANY, "y9")])
def test_many_rounds_are_ticks_at_the_edge_and_few_are_dots(rounds: int, axis: str | None) -> None:
    chart = premium_chart(Findings(flat(200, *range(2, 2 + rounds))))
    (mark,) = [t for t in chart.traces if t["name"] == "round" and t["view"] == 0]
    assert mark.get("yaxis") == axis
    assert len(mark["text"]) == rounds


@pytest.mark.parametrize(("last", "scales"), [(240.0, "both"), (260.0, "log")])
def test_the_scale_is_logarithmic_from_a_factor_of_five(last: float, scales: str) -> None:
    rising = made([[50, 50], [50, 50], [last, last]], BOUGHT)
    assert value_chart(Findings(rising)).scales == scales


# --- tables ----------------------------------------------------------------------------------


def test_years_without_a_round_are_named_and_not_drawn() -> None:
    found = calendar_of(Findings(flat(1000, 400, 410)))
    assert [year.number for year in found.years] == [1971]
    assert found.quiet == (1970, 1972)
    assert len(found.steps) == 4


def test_the_maps_of_returns_hold_every_month_in_its_place(page_record: Record) -> None:
    findings = Findings(page_record)
    for table, value in (
        (returns_map(findings), lambda month: month.portfolio),
        (premium_map(findings), lambda month: month.premium),
    ):
        assert table.head[1:-1] == MONTHS
        cells = {
            f"{row[0].text}-{number:02d}": row[number]
            for row in table.rows
            for number in range(1, 13)
            if row[number].text
        }
        assert cells.keys() == {month.label for month in findings.months}
        for month in findings.months:
            shown = float(cells[month.label].text)
            assert shown == pytest.approx(value(month) * 100, abs=0.05)
            assert np.sign(cells[month.label].shade) == np.sign(value(month))


def test_every_asset_has_a_row_and_every_two_a_correlation(page_record: Record) -> None:
    findings = Findings(page_record)
    assets = page_record.history.assets
    table = asset_table(findings)
    assert [row[0].text for row in table.rows] == list(assets)
    assert {len(row) for row in table.rows} == {len(table.head)}
    matrix = correlation_map(findings)
    assert matrix is not None
    shown = {
        (row[0].text, matrix.head[number]): float(row[number].text)
        for row in matrix.rows
        for number in range(1, len(row))
        if row[number].text
    }
    assert len(shown) == 6
    for (one, other), value in shown.items():
        exact = findings.correlations[assets.index(one), assets.index(other)]
        assert value == pytest.approx(exact, abs=0.005)


def test_the_weights_at_the_end_count_what_has_ended_too() -> None:
    prices = [[50, 50], [50, 50], [50, 50], [150, np.nan]]
    table = asset_table(Findings(made(prices, BOUGHT)))
    ends = {row[0].text: row[table.head.index("At the end")].text for row in table.rows}
    assert ends == {"BTC": "75.00 %", "ETH": "25.00 %", "USDT": "0.00 %"}


def test_the_costs_of_this_run_give_its_own_premium(page_record: Record) -> None:
    findings = Findings(page_record)
    table = cost_table(findings)
    (own,) = [row for row in table.rows if row[0].text == "fee 0.1 % (this run)"]
    assert own[3].text == f"{findings.summary.premium:+,.2f} USDT"
    assert [row[0].text for row in table.rows][:3] == ["fee 0 %", own[0].text, "fee 0.2 %"]
