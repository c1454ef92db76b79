"""The parts of the page on a search: what stands where, and in which words."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rebalancing.explore.axes import parse_axis
from rebalancing.explore.choice.conclusion import Conclusion
from rebalancing.explore.choice.theory import theory_band
from rebalancing.explore.exploration import Axis, Exploration
from rebalancing.numbers import percent
from rebalancing.report.explore.answer import headline, mood
from rebalancing.report.explore.best_of import best_of_squares
from rebalancing.report.explore.colours import signed
from rebalancing.report.explore.frontier import frontier
from rebalancing.report.explore.heat_maps import heat_maps
from rebalancing.report.explore.policy_words import rank_text, settings_text
from rebalancing.report.explore.ranking import ranking_table
from rebalancing.report.explore.scale import Scale, scales_of
from rebalancing.report.explore.theory_lines import theory_parts
from rebalancing.report.explore.walk_windows import walk_parts
from tests.support.explorations import SWEEP, make_exploration, threshold_axis

QUICK = make_exploration(days=40)
NOBODY = np.empty(0, dtype=np.int64)


def scale(name: str, text: str, most: int = 99) -> Scale:
    return Scale(parse_axis(name, text), NOBODY, most)


PLACES = [
    pytest.param("threshold", "0.01,0.03,0.05", 0.03, 1.0, id="a value of the axis"),
    pytest.param("threshold", "0.01,0.03,0.05", 0.035, 1.25, id="between two"),
    pytest.param("threshold", "0.05,0.03,0.01", 0.035, 0.75, id="the largest first"),
    pytest.param("threshold", "none,0.03,0.05", None, 0.0, id="no threshold"),
    pytest.param("threshold", "none,0.03,0.05", 0.02, None, id="between none and a value"),
    pytest.param("threshold", "0.01,0.03", 0.031, None, id="beyond the end"),
    pytest.param("threshold", "0.01,0.03", {"BTC": 0.02}, None, id="a threshold for each asset"),
    pytest.param("period", "none,12h,1d", "24h", 2.0, id="the same period in other words"),
    pytest.param("period", "12h,1d", "18h", 0.5, id="a period between two"),
    pytest.param("combine", "and,or", "or", 1.0, id="a word"),
    pytest.param("destination", "target,edge", 0.5, None, id="a number among words"),
]


@pytest.mark.parametrize(("name", "values", "wanted", "place"), PLACES)
def test_a_value_stands_at_its_place_on_an_axis(
    name: str, values: str, wanted: Any, place: float | None
) -> None:
    found = scale(name, values).position(wanted)
    assert found == (None if place is None else pytest.approx(place))


def test_values_that_share_places_keep_their_order_and_their_first_name() -> None:
    shared = scale("threshold", "0.01:0.1:10", most=5)
    steps = replace(shared, steps=np.arange(10))
    assert steps.places.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert shared.layout()["ticktext"] == ["0.01", "0.03", "0.05", "0.07", "0.09"]
    assert shared.position(0.01) == pytest.approx(-0.25)
    assert shared.position(0.1) == pytest.approx(4.25)


def test_each_square_has_the_policy_that_grew_most_of_all_that_share_it() -> None:
    threshold, period, _ = scales_of(QUICK, 99)
    columns, rows, places = best_of_squares(QUICK, threshold, period)
    assert len(places) == 8 * 7
    for column, row, place in zip(columns, rows, places, strict=True):
        same = np.flatnonzero((QUICK.steps[:, 0] == column) & (QUICK.steps[:, 1] == row))
        assert QUICK.figures.nav[place] == QUICK.figures.nav[same].max()


def test_a_policy_to_which_an_axis_makes_no_difference_stands_all_along_it() -> None:
    _, period, combine = scales_of(QUICK, 99)
    columns, rows, places = best_of_squares(QUICK, period, combine)
    assert len(places) == 7 * 2
    without = places[columns == 0]
    assert sorted(rows[columns == 0]) == [0, 1]
    assert without[0] == without[1]
    assert "combine" not in settings_text(QUICK, int(without[0]))


def test_a_present_policy_beside_the_sweep_has_its_own_values_in_the_table() -> None:
    present = len(QUICK.policies) - 1
    rows = [[cell.text for cell in row] for row in ranking_table(QUICK).rows]
    (own,) = [row for row in rows if row[0] == rank_text(QUICK, present)]
    assert own[0].endswith(" present")
    assert own[1:4] == ["0.033", "24h", "or"]


def test_the_return_is_of_the_investment_that_a_policy_names() -> None:
    first = QUICK.ranking[0]
    nav = float(QUICK.figures.nav[first])
    named = [dict(block) for block in QUICK.policies]
    named[first]["investment"] = 5_000
    rows = [ranking_table(one).rows[0] for one in (QUICK, replace(QUICK, policies=tuple(named)))]
    returns = [row[5].text for row in rows]
    assert returns == [percent(nav / cash - 1, "+", 1) for cash in (10_000, 5_000)]


def test_a_present_policy_outside_a_map_is_said_to_be() -> None:
    far = {"targets": "equal", "period": "24h", "threshold": 0.4, "combine": "or"}
    notes = [part.note for part in heat_maps(make_exploration(present=far, days=40))]
    assert [("The present policy is not on this map." in note) for note in notes] == [1, 1, 0]


def lines_of(found: Exploration) -> list[tuple[str, list[float]]]:
    traces = heat_maps(found)[0].traces
    return [(trace["name"], trace["x"]) for trace in traces if "theory" in trace["name"]]


def with_targets(targets: dict[str, float], *axes: Axis) -> Exploration:
    found = make_exploration((threshold_axis(20), *axes), None, 40)
    blocks = tuple({**block, "targets": targets} for block in found.policies)
    return replace(found, policies=blocks)


def test_the_bands_of_theory_of_unequal_targets_are_two_lines_with_one_name() -> None:
    found = with_targets({"BTC": 0.5, "ETH": 0.3, "SOL": 0.1, "USDT": 0.1})
    (name, first), (again, second) = lines_of(found)
    assert name == again == "band of theory, 3.6 points to 7.2 points"
    axis = np.array(found.axes[0].values)
    for place, weight in ((first[0], 0.1), (second[0], 0.5)):
        band = theory_band(weight, 0.001)
        assert np.interp(place, np.arange(20), axis) == pytest.approx(band)


def test_relative_thresholds_have_a_band_of_their_own() -> None:
    kinds = parse_axis("threshold_kind", "absolute,relative")
    found = with_targets(dict.fromkeys(("BTC", "ETH", "SOL", "ADA"), 0.25), kinds)
    names = [name for name, _ in lines_of(found)]
    assert names == ["band of theory, 6.0 points"]
    assert (
        "The band of theory, 23.8 % of the target, is not on this axis." in heat_maps(found)[0].note
    )


def test_without_a_fee_theory_asks_for_nothing() -> None:
    free = replace(QUICK, ground=replace(QUICK.ground, fee=0.0))
    (note,) = theory_parts(free)
    assert note.sentences == ("Without a fee a trade costs nothing: theory asks for no band.",)
    assert lines_of(free) == []


def test_colours_are_those_of_gains_and_losses_around_nothing() -> None:
    both, gains, losses = (signed(np.array(two)) for two in ([-1.0, 3], [1.0, 3], [-3.0, -1]))
    assert (both["cmin"], both["cmax"]) == (-3, 3)
    assert both["colorscale"][3] == [0.5, "--l0"]
    assert [scale["colorscale"][-1][1] for scale in (both, gains, losses)] == [
        "--good", "--good", "--l0",
    ]  # fmt: skip
    assert losses["colorscale"][0][1] == "--bad"
    same = signed(np.array([1.0, 1.0]))
    assert same["cmin"] < same["cmax"]


def test_nothing_is_above_the_line_of_the_frontier() -> None:
    figures = QUICK.figures
    edge = next(trace for trace in frontier(QUICK).traces if trace["name"].startswith("most"))
    for turnover, premium in zip(figures.turnover, figures.premium, strict=True):
        reached = [y for x, y in zip(edge["x"], edge["y"], strict=True) if x <= turnover]
        assert premium <= max(reached)


def test_the_windows_of_the_walk_forward_are_yearly_and_dated() -> None:
    found = make_exploration(SWEEP[:2], edge=0.001)
    walk = found.judgement.hodl.walk
    assert walk is not None
    chart, table, _ = walk_parts(found)
    window = walk.windows[0]
    days = window.end - window.split
    inside, outside = (trace["y"][0] for trace in chart.traces[:2])
    assert outside == pytest.approx(np.exp(window.outside * 365 / days) - 1)
    assert inside == pytest.approx(np.exp(window.inside * 365 / (window.split - window.begin)) - 1)
    assert [cell.text for cell in table.rows[0][:4]] == [
        "1", "2024-01-05", "2024-05-16", "2024-06-29",
    ]  # fmt: skip
    assert table.rows[0][6].text == settings_text(found, window.chosen)


ANSWERS = [
    pytest.param(True, True, "better than holding, and than the present one", "good", id="both"),
    pytest.param(True, False, "not shown to be better than the present", "good", id="holding"),
    pytest.param(False, True, "not shown to be better than holding", "good", id="present"),
    pytest.param(False, False, "No policy is shown to be better", "even", id="neither"),
    pytest.param(None, None, "cannot be told", "even", id="not known"),
]


@pytest.mark.parametrize(("hodl", "present", "said", "colour"), ANSWERS)
def test_the_headline_is_the_conclusion(
    hodl: bool | None, present: bool | None, said: str, colour: str
) -> None:
    found = replace(QUICK, conclusion=Conclusion(hodl, present, ""))
    assert said in headline(found)
    assert mood(found) == colour


def test_the_headline_keeps_a_present_policy_that_is_the_best() -> None:
    best = replace(QUICK, present=QUICK.chosen, conclusion=Conclusion(True, False, ""))
    assert "keep it" in headline(best)
    alone = replace(QUICK, present=None, conclusion=Conclusion(True, None, ""))
    assert headline(alone) == "Better than holding."
