"""The page of a report, opened in a real browser."""

import hashlib
import json
import re
from pathlib import Path

import plotly.graph_objects as go
import pytest

from rebalancing.performance.record import LeftOut, Record, RoundNote
from rebalancing.report.findings import Findings
from rebalancing.report.page import write_page
from rebalancing.report.page_frame import ASSETS, in_script
from rebalancing.report.premium_charts import premiums_chart
from rebalancing.report.sections import charts_of, sections_of
from rebalancing.report.value_charts import growth_chart
from tests.support.browser import Page
from tests.support.hostile import EVIL, rename_asset
from tests.support.pages import cells, choose, needs_browser, opened, saved

pytest_plugins = ("tests.support.page_fixtures",)
WIDTHS = [pytest.param(1280, False, id="1280, light"), pytest.param(390, True, id="390, dark")]


@needs_browser
@pytest.mark.parametrize(("width", "dark"), WIDTHS)
def test_every_chart_is_drawn_without_error_or_network(
    tmp_path: Path, page_record: Record, browser: Page, width: int, dark: bool
) -> None:
    page = opened(browser, saved(tmp_path, one=page_record), width, dark)
    page.draw_everything()
    drawn = page.evaluate("document.querySelectorAll('.chart svg.main-svg').length")
    lines = page.evaluate(
        "[...document.querySelectorAll('.chart')].map(c => c.querySelectorAll("
        "'.scatterlayer .trace, .barlayer .trace').length)"
    )
    charts = charts_of(sections_of(Findings(page_record)))
    assert len(charts) > 10
    assert drawn >= len(charts)
    assert len(lines) == len(charts)
    assert min(lines) > 0
    assert page.errors == []
    assert page.requests == []


@needs_browser
@pytest.mark.parametrize(("width", "dark"), WIDTHS)
def test_nothing_is_wider_than_the_window(
    tmp_path: Path, page_record: Record, browser: Page, width: int, dark: bool
) -> None:
    page = opened(browser, saved(tmp_path, one=page_record), width, dark)
    page.draw_everything()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert background == ("rgb(20, 23, 26)" if dark else "rgb(255, 255, 255)")


@needs_browser
def test_light_and_dark_are_switched_by_hand(
    tmp_path: Path, page_record: Record, browser: Page
) -> None:
    page = opened(browser, saved(tmp_path, one=page_record))
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.evaluate("document.getElementById('theme').click()")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.errors == []


@needs_browser
def test_a_scale_and_an_asset_are_chosen_by_hand(
    tmp_path: Path, page_record: Record, browser: Page
) -> None:
    page = opened(browser, saved(tmp_path, one=page_record))
    page.draw_everything()
    page.evaluate("document.querySelector('[data-log]').click()")
    page.wait("document.getElementById('0-value')._fullLayout.yaxis.type === 'log'")
    choose(page, "select[data-chart='0-asset']", "2")
    page.draw("0-asset")
    names = (
        "document.getElementById('0-asset')._fullData"
        ".filter(trace => trace.visible === true).map(trace => trace.name)"
    )
    page.wait(f"{names}.includes('BNB')")
    assert {"BNB", "target", "band"} <= set(page.evaluate(names))
    assert "BTC" not in page.evaluate(names)
    assert page.errors == []


@needs_browser
def test_the_table_of_rounds_is_sorted_and_filtered(
    tmp_path: Path, page_record: Record, browser: Page
) -> None:
    page = opened(browser, saved(tmp_path, one=page_record))
    rounds = [row.number for row in Findings(page_record).rows]
    assert cells(page, 0) == [f"r{number}" for number in rounds[:50]]
    sort = "[...document.querySelectorAll('.rounds th button')][{}].click()"
    page.evaluate(sort.format(4))
    turnover = [float(text.removesuffix(" %")) for text in cells(page, 4)]
    assert turnover == sorted(turnover)
    page.evaluate(sort.format(4))
    highest = max(row.turnover for row in Findings(page_record).rows)
    assert cells(page, 4)[0] == f"{highest * 100:.2f} %"
    day = cells(page, 1)[1][:10]  # the initial allocation is the largest
    choose(page, "input[type=search]", f"THRESHOLD {day}")
    assert {text[:10] for text in cells(page, 1)} == {day}
    assert all("threshold" in text for text in cells(page, 2))


@needs_browser
def test_a_round_opens_to_its_weights_and_trades(
    tmp_path: Path, page_record: Record, browser: Page
) -> None:
    page = opened(browser, saved(tmp_path, one=page_record))
    page.evaluate("document.querySelectorAll('.rounds tr.round')[1].click()")
    detail = page.evaluate("document.querySelector('.rounds tr.detail').textContent")
    row = Findings(page_record).rows[1]
    assert f"{row.before[0] * 100:.2f} %" in detail
    assert f"{row.after[0] * 100:.2f} %" in detail
    assert "left out" in detail.lower()


@needs_browser
def test_several_results_stand_side_by_side(
    tmp_path: Path, page_record: Record, browser: Page
) -> None:
    page = opened(browser, saved(tmp_path, first=page_record, second=page_record))
    page.draw_everything()
    page.evaluate("document.querySelectorAll('button[data-result]')[1].click()")
    page.draw_everything()
    assert page.evaluate("document.querySelectorAll('main:not([hidden])').length") == 1
    assert page.evaluate("document.querySelector('main:not([hidden]) h2').textContent") == "second"
    assert page.errors == []


@needs_browser
def test_hostile_names_are_shown_and_not_obeyed(
    tmp_path: Path, page_record: Record, browser: Page
) -> None:
    hostile = rename_asset(page_record, "SOL", EVIL)
    file = tmp_path / "page.html"
    titles = {EVIL: Findings(hostile), f"{EVIL} 2": Findings(hostile)}
    file.write_text(write_page(titles, EVIL), encoding="utf-8")
    page = opened(browser, file)
    page.draw_everything()
    page.evaluate("document.querySelectorAll('.rounds tr.round')[1].click()")
    shown = page.evaluate("document.body.innerText")
    legend = page.evaluate(
        "[...document.querySelectorAll('#result-0 .legendtext')].map(t => t.textContent)"
    )
    assert page.evaluate("window.hacked") is None
    assert page.errors == []
    assert page.requests == []
    assert EVIL in shown
    assert EVIL in legend, "\n".join(legend)
    assert page.evaluate("document.querySelectorAll('img, iframe').length") == 0
    links = page.evaluate("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
    assert all(re.fullmatch(r"#s\d-[a-z]+", link) for link in links if link is not None)


def test_no_hostile_text_is_markup_in_the_file(page_record: Record) -> None:
    hostile = rename_asset(page_record, "SOL", EVIL)
    page = write_page({EVIL: Findings(hostile)}, EVIL)
    assert "<img" not in page.split("</style>")[1].split("<script>")[0]
    assert page.count("</script>") == page.count("<script")


def test_json_in_a_script_cannot_end_it() -> None:
    text = in_script({"a": "</script><!--&\u2028"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"a": "</script><!--&\u2028"}


def test_only_the_pages_own_scripts_may_run(page_record: Record) -> None:
    page = write_page({"one": Findings(page_record)}, "now")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert "default-src &#39;none&#39;" in policy[1]
    assert "unsafe-eval" not in policy[1]
    assert "script-src &#39;sha256-" in policy[1]


def test_the_chart_library_is_the_published_one() -> None:
    """plotly.js-basic-dist-min 4.1.1 of the npm registry, byte by byte."""
    library = (ASSETS / "plotly-basic.min.js").read_bytes()
    assert hashlib.sha256(library).hexdigest() == (
        "99784e3abfb07b142a15e521a439e6d9addceadb3f79553fd24c72774f0649ba"
    )
    assert b"Licensed under the MIT license" in library[:200]


def test_the_page_is_small(page_record: Record) -> None:
    assert len(write_page({"one": Findings(page_record)}, "now").encode()) < 6_000_000


def test_plotly_knows_every_attribute_of_every_chart(page_record: Record) -> None:
    findings = Findings(page_record)
    several = {"one": findings, "two": findings}
    charts = charts_of(sections_of(findings))
    for chart in [*charts, growth_chart(several), premiums_chart(several)]:
        traces = [{k: v for k, v in trace.items() if k != "view"} for trace in chart.traces]
        figure = go.Figure(traces, chart.layout)
        assert len(figure.data) == len(chart.traces)
        assert chart.title
        assert chart.note


def test_what_was_left_out_is_told_from_the_journal(page_record: Record) -> None:
    left = LeftOut("SOL", -3.2, "below the smallest order")
    noted = rename_asset(page_record, "SOL", "SOL", {1: RoundNote("done", (left,), 0.4)})
    page = write_page({"one": Findings(noted)}, "now")
    assert "below the smallest order" in page


@needs_browser
def test_no_button_of_a_chart_sends_it_anywhere(
    tmp_path: Path, page_record: Record, browser: Page
) -> None:
    page = opened(browser, saved(tmp_path, one=page_record))
    page.draw_everything()
    page.evaluate("window.open = (address) => { window.sent = String(address); return null; }")
    buttons = "document.querySelectorAll('.modebar-btn')"
    titles = page.evaluate(f"[...{buttons}].map(button => button.dataset.title)")
    assert "Download plot as a PNG" in titles
    assert [title for title in titles if re.search("share|cloud|edit", title, re.I)] == []
    assert page.evaluate("document.getElementById('0-value')._context.plotlyServerURL") == ""


@needs_browser
def test_a_round_is_opened_with_the_keyboard(
    tmp_path: Path, page_record: Record, browser: Page
) -> None:
    page = opened(browser, saved(tmp_path, one=page_record))
    details, row = "document.querySelectorAll('tr.detail').length", "tr.round:nth-child(2)"
    for key, shown in (("Enter", 1), (" ", 0)):
        page.evaluate(
            f"(() => {{ const row = document.querySelector('{row}'); row.focus();"
            "document.activeElement.dispatchEvent("
            f"new KeyboardEvent('keydown', {{key: '{key}', bubbles: true}})); }})()"
        )
        assert page.evaluate(details) == shown
        expanded = page.evaluate(f"document.querySelector('{row}').getAttribute('aria-expanded')")
        assert expanded == ("true" if shown else "false")


@needs_browser
def test_every_chart_is_printed_on_paper_colours(
    tmp_path: Path, page_record: Record, browser: Page
) -> None:
    page = opened(browser, saved(tmp_path, one=page_record), dark=True)
    page.evaluate(
        "window.addEventListener('beforeprint', () => { window.printed = ["
        "document.querySelectorAll('.chart svg.main-svg').length,"
        "document.documentElement.dataset.theme]; })"
    )
    page.call("Page.printToPDF")
    drawn, theme = page.evaluate("window.printed")
    assert drawn >= len(charts_of(sections_of(Findings(page_record))))
    assert theme == "light"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.errors == []
