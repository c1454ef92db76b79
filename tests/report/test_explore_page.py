"""The page on a search of policies, opened in a real browser."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest

from rebalancing.explore.axes import parse_axis, weights_axis
from rebalancing.explore.exploration import Axis
from rebalancing.explore.explore import Scene, judged, rank
from rebalancing.explore.following import Kernel
from rebalancing.explore.grid import make_grid
from rebalancing.explore.kernel.walk import walk
from rebalancing.market.markets import Markets
from rebalancing.numbers import percent
from rebalancing.report.explore_page import save_explore_page, write_explore_page
from tests.support.browser import Page
from tests.support.explorations import (
    GIVEN,
    SWEEP,
    make_exploration,
    threshold_axis,
    without_judges,
)
from tests.support.hostile import EVIL
from tests.support.pages import choose, needs_browser, opened
from tests.support.price_paths import steady_prices

pytest_plugins = ("tests.support.page_fixtures",)
SHOWN = make_exploration(edge=0.0012)
MAP = "document.getElementById('0-map-threshold-period')"
WIDTHS = [pytest.param(1280, False, id="1280, light"), pytest.param(390, True, id="390, dark")]


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("explore") / "plot" / "explore.html"
    save_explore_page(SHOWN, "made up candles", file)
    return file


def texts(page: Page, selector: str) -> list[str]:
    found = f"document.querySelectorAll({selector!r})"
    return list(page.evaluate(f"[...{found}].map(e => e.textContent.trim())"))


def row_of(page: Page, section: str, begin: str) -> list[str]:
    rows = f"[...document.querySelectorAll('#s0-{section} tbody tr')]"
    return list(
        page.evaluate(
            f"[...{rows}.find(row => row.cells[0].textContent.startsWith({begin!r})).cells]"
            ".map(cell => cell.textContent)"
        )
    )


@needs_browser
@pytest.mark.parametrize(("width", "dark"), WIDTHS)
def test_everything_is_drawn_in_the_colours_of_the_page_without_error_or_network(
    browser: Page, page_file: Path, width: int, dark: bool
) -> None:
    page = opened(browser, page_file, width, dark)
    page.draw_everything()
    assert texts(page, "main h2") == [
        *("Ranking", "Maps", "Frontier", "Paths", "Timing luck", "Walk-forward", "Judges"),
        "Theory",
    ]
    drawn = page.evaluate(
        "[...document.querySelectorAll('.chart')].map(c => c.querySelectorAll("
        "'.scatterlayer .trace, .barlayer .trace').length)"
    )
    assert len(drawn) == 7
    assert min(drawn) > 1
    colours = page.evaluate(f"[...{MAP}._fullData[0].marker.colorscale].map(step => step[1])")
    assert ("#56b4e9" if dark else "#0072b2") in colours
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (page.errors, page.requests) == ([], [])


@needs_browser
def test_the_answer_comes_first_and_the_tables_have_the_figures(
    browser: Page, page_file: Path
) -> None:
    page = opened(browser, page_file)
    (headline,) = texts(page, ".headline")
    assert headline == "This policy is better than holding, and than the present one."
    told = page.evaluate("document.querySelector('.verdict').innerText")
    assert SHOWN.conclusion.text in told
    figures, chosen, present = SHOWN.figures, SHOWN.chosen, SHOWN.present
    assert present is not None
    for place, begin in ((chosen, "1 chosen"), (present, "105 present")):
        row = row_of(page, "ranking", begin)
        assert percent(float(figures.premium[place]), "+") in row
        assert f"{figures.rounds[place]:,}" in row
    assert row_of(page, "ranking", "105 present")[1:4] == ["0.033", "24h", "or"]
    assert len(texts(page, "#s0-ranking tbody tr")) == 21
    luck = SHOWN.luck[chosen]
    assert f"{luck.rank} of {luck.starts}" in row_of(page, "luck", "1 chosen")
    assert len(texts(page, "#s0-judges tbody tr")) == 11
    assert len(texts(page, "#s0-walk tbody tr")) == 12
    assert "5.95 points" in row_of(page, "theory", "BTC, ETH, SOL, ADA")


@needs_browser
def test_a_map_marks_both_policies_tells_all_figures_and_changes_with_the_choice(
    browser: Page, page_file: Path
) -> None:
    page = opened(browser, page_file)
    page.draw("0-map-threshold-period")
    names = page.evaluate(f"{MAP}._fullData.map(trace => trace.name)")
    assert names == ["policies", "band of theory, 6.0 points", "present policy", "chosen policy"]
    squares = f"{MAP}._fullData[0]"
    place = SHOWN.chosen
    words, *told = page.evaluate(f"{MAP}._fullData[3].customdata[0]")
    assert words == "threshold 0.118571, period 2h, combine and"
    assert told[0] == pytest.approx(SHOWN.figures.premium[place], rel=1e-5)
    assert told[3] == SHOWN.figures.rounds[place]
    at = f"{squares}.customdata.findIndex(row => row[0] === {words!r})"
    assert page.evaluate(f"{squares}.marker.color[{at}]") == pytest.approx(told[0], rel=1e-4)
    choose(page, "select[data-chart='0-map-threshold-period']", "2")
    page.draw("0-map-threshold-period")
    assert page.evaluate(f"{squares}.marker.color[{at}]") == pytest.approx(told[2], rel=1e-4)
    assert page.evaluate(
        "document.querySelector(\"select[data-chart='0-map-period-combine']\").value"
    ) == "2"  # fmt: skip
    box = page.evaluate(
        f"(({{x, y}}) => [x, y])({MAP}.querySelector('.points path').getBoundingClientRect())"
    )
    page.call("Input.dispatchMouseEvent", type="mouseMoved", x=box[0] + 12, y=box[1] + 8)
    page.wait(f"{MAP}.querySelector('.hovertext') !== null")
    shown = page.evaluate(f"{MAP}.querySelector('.hovertext').textContent")
    for word in ("premium", "return", "drawdown", "tracking error", "turnover", "rounds", "fees"):
        assert word in shown
    assert page.errors == []


@needs_browser
def test_policies_given_one_by_one_have_sentences_in_the_place_of_maps(
    browser: Page, tmp_path: Path
) -> None:
    found = make_exploration((), None, 40, is_begun_often=False)
    line = "a test of many policies needs the package arch: pip install arch"
    without = replace(found.judgement, missing=(line,))
    file = tmp_path / "page.html"
    stopped = replace(found, asked=7, judgement=without)
    file.write_text(write_explore_page(stopped, EVIL, "now"))
    page = opened(browser, file)
    page.draw_everything()
    shown = page.evaluate("document.querySelector('body').innerText")
    for sentence in (
        "Whether any policy is better cannot be told.",
        "The search was stopped: 2 of 7 policies were simulated",
        f"Not computed: {line}",
        "No present policy was simulated beside it.",
        "The policies were given one by one: there are no axes to draw a map of.",
        "No policy was begun at other moments",
        "The history is too short for it: 40 stretches of a day, 60 are needed.",
        "whenever the drift is 5 points or more",
        EVIL,
    ):
        assert sentence in shown
    assert page.evaluate("window.hacked") is None
    assert page.errors == []


@needs_browser
def test_hostile_names_of_weights_are_shown_and_not_obeyed(browser: Page, tmp_path: Path) -> None:
    sets = {EVIL: "equal", "calm": {"BTC": 0.7, "ETH": 0.3}}
    found = make_exploration((weights_axis(sets), threshold_axis(3)), days=40)
    file = tmp_path / "page.html"
    file.write_text(write_explore_page(found, "candles", "now"))
    page = opened(browser, file)
    page.draw_everything()
    assert f"{EVIL[:19]}\u2026" in texts(
        page, "[id='0-map-threshold-targets'] .yaxislayer-above text"
    )
    assert EVIL in page.evaluate("document.querySelector('#s0-ranking').innerText")
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.querySelectorAll('img, iframe').length") == 0
    assert page.errors == []


def test_the_page_takes_what_a_search_finds() -> None:
    rows, nothing = 24 * 20, np.zeros(3)
    markets = Markets(nothing, nothing, nothing, 0.001, 1.1, 1.1, 1.1, np.full(3, np.inf))
    scene = Scene(steady_prices(("A", "B", "C"), rows), markets, "USDT", 10_000.0)
    axes = (parse_axis("threshold", "none,0.02,0.05"), parse_axis("period", "none,12h"))
    present = {"targets": "equal", "period": "1d", "threshold": 0.03}
    hour = timedelta(hours=1)
    ranked = rank(
        make_grid(axes, present, hour, rows * hour), scene, present, Kernel(walk, False),
        threads=1, clock=lambda: 0.0, progress=lambda _done, _all: None,
    )  # fmt: skip
    found = judged(ranked, lambda: 0.0)
    html = write_explore_page(found, "candles", "now")
    assert "The best 20" not in html
    assert {"map-threshold-period", "frontier", "paths", "luck"} == charts_in(html).keys()
    assert f"{percent(float(found.figures.premium[found.chosen]), '+')}</td>" in html


def charts_in(html: str) -> dict[str, dict]:
    data = re.search(r'id="data">(.*?)</script>', html, re.DOTALL)
    assert data is not None
    return {chart["key"]: chart for chart in json.loads(data[1])["charts"]["0"]}


@pytest.mark.parametrize("axes", [SWEEP, SWEEP[:1]], ids=["maps", "one axis"])
def test_plotly_knows_every_attribute_of_every_chart(axes: tuple[Axis, ...]) -> None:
    html = write_explore_page(make_exploration(axes), "candles", "now")
    for chart in charts_in(re.sub(r'"--[a-z]+[0-9]?"', '"#000000"', html)).values():
        views = max(1, *(len(trace.get("views", ())) for trace in chart["data"]))
        for view in range(views):
            traces = [
                {**trace, **(trace.get("views") or [{}] * views)[view]} for trace in chart["data"]
            ]
            for trace in traces:
                trace.pop("view", None)
                trace.pop("views", None)
            layout = chart["layout"] | (chart["views"] or [{}] * views)[view]
            assert len(go.Figure(traces, layout).data) == len(chart["data"])


def test_a_hundred_thousand_policies_make_no_larger_page() -> None:
    small = write_explore_page(SHOWN, "candles", "now")
    large = write_explore_page(without_judges(SHOWN, 100_000), "candles", "now")
    assert len(large) - len(small) < 500_000
    assert "Of 100,000 policies" in large
    marks = [trace["name"] for trace in charts_in(large)["frontier"]["data"]]
    assert marks[-2:] == ["present policy", "chosen policy"]


def test_many_values_share_places_and_the_page_says_so() -> None:
    axes = (threshold_axis(300), Axis("cooldown", ("5m", "1h"), ("5m", "1h")))
    html = write_explore_page(make_exploration(axes, days=40), "candles", "now")
    assert "The 300 values of the threshold share 70 places." in html
    assert len(html) < 2_500_000


def test_a_single_axis_is_a_line_and_a_single_policy_needs_no_frontier() -> None:
    line = charts_in(write_explore_page(make_exploration((threshold_axis(),)), "candles", "now"))
    assert "along-threshold" in line
    html = write_explore_page(make_exploration((), None, given=GIVEN[:1]), "candles", "now")
    assert "A single policy has nothing to be compared with." in html
