"""What a reader does with the page of a report: zooms, turns pages, jumps, scrolls, prints."""

from dataclasses import replace
from pathlib import Path

import pytest

from rebalancing.performance.record import Record
from rebalancing.report.chart import Chart
from rebalancing.report.findings import Findings
from rebalancing.report.sections import charts_of, sections_of
from tests.support.browser import Page
from tests.support.pages import cells, choose, needs_browser, opened, saved

pytest_plugins = ("tests.support.page_fixtures",)
pytestmark = needs_browser
SHOWN = "document.getElementById('{}')._fullLayout.xaxis.range.map(instant)"
COUNT = "document.querySelector('[data-count]').textContent"


def timed(record: Record) -> list[Chart]:
    charts = charts_of(sections_of(Findings(record)))
    return [chart for chart in charts if chart.layout["xaxis"].get("type") == "date"]


def drag(page: Page, name: str, begin: float, end: float) -> None:
    """Draw a box with the mouse between two parts of the width of a chart."""
    page.draw(name)
    left, top, width, height = page.evaluate(
        f"(() => {{ const box = document.querySelector({f'[id={name!r}] .nsewdrag'!r})"
        ".getBoundingClientRect(); return [box.left, box.top, box.width, box.height]; })()"
    )
    y, button = top + height / 2, {"button": "left", "clickCount": 1}
    for kind, part, more in (
        ("mouseMoved", begin, {}),
        ("mousePressed", begin, button),
        ("mouseMoved", (begin + end) / 2, {"button": "left"}),
        ("mouseMoved", end, {"button": "left"}),
        ("mouseReleased", end, button),
    ):
        page.call("Input.dispatchMouseEvent", type=kind, x=left + width * part, y=y, **more)


def test_charts_share_their_time_and_are_zoomed_together(
    tmp_path: Path, page_record: Record, browser: Page
) -> None:
    time = page_record.history.time * 1000
    names = [f"0-{chart.key}" for chart in timed(page_record)]
    page = opened(browser, saved(tmp_path, one=page_record))
    page.draw_everything()
    whole = [time[0], time[-1]]
    for name in names:
        assert page.evaluate(SHOWN.format(name)) == pytest.approx(whole), name
    drag(page, "0-premium", 0.25, 0.5)
    page.wait("zoom !== null")
    wanted = page.evaluate("zoom")
    span = time[-1] - time[0]
    assert wanted == pytest.approx([time[0] + span / 4, time[0] + span / 2], abs=span / 50)
    for name in names:
        page.draw(name)
        assert page.evaluate(SHOWN.format(name)) == pytest.approx(wanted), name
    assert page.evaluate("document.querySelector('[data-spans]').value") == "zoomed"
    page.evaluate("document.querySelector('.whole:not([hidden])').click()")
    page.draw("0-value")
    assert page.evaluate(SHOWN.format("0-value")) == pytest.approx(whole)
    assert page.evaluate("document.querySelectorAll('.whole:not([hidden])').length") == 0
    assert page.errors == []


def test_the_height_of_a_zoomed_chart_follows_what_is_shown(
    tmp_path: Path, page_record: Record, browser: Page
) -> None:
    findings, time = Findings(page_record), page_record.history.time
    page = opened(browser, saved(tmp_path, one=page_record))
    page.draw("0-value")
    last = page.evaluate("[...document.querySelector('[data-spans]').options].at(-2).value")
    choose(page, "[data-spans]", last)
    page.draw("0-value")
    begin = float(last.split(",")[0]) / 1000
    seen = findings.nav[time >= begin]
    low, high = page.evaluate("document.getElementById('0-value')._fullLayout.yaxis.range")
    assert findings.nav.min() < low <= seen.min()
    assert seen.max() <= high < 2 * seen.max()
    choose(page, "[data-spans]", "")
    page.draw("0-value")
    low, _ = page.evaluate("document.getElementById('0-value')._fullLayout.yaxis.range")
    assert low <= findings.nav.min()


def test_an_asset_chosen_in_one_chart_is_chosen_in_the_others(
    tmp_path: Path, page_record: Record, browser: Page
) -> None:
    page = opened(browser, saved(tmp_path, one=page_record))
    choose(page, "select[data-chart='0-asset']", "2")
    page.draw("0-drift")
    drawn = "document.getElementById('0-drift')._fullData.filter(t => t.visible === true)"
    names = page.evaluate(f"{drawn}.map(t => t.name)")
    assert page_record.history.assets[2] in names
    assert not set(names) & {page_record.history.assets[i] for i in (0, 1, 3)}


def test_rounds_are_read_page_by_page(tmp_path: Path, page_record: Record, browser: Page) -> None:
    numbers = [f"r{row.number}" for row in Findings(page_record).rows]
    assert len(numbers) > 50
    page = opened(browser, saved(tmp_path, one=page_record))
    rounds = f"{len(numbers) - 1} rounds and the first purchase"
    assert page.evaluate(COUNT) == f"1 to 50 of {rounds}"
    turn = "document.querySelector('[data-pager]').children[{}].click()"
    page.evaluate(turn.format(1))
    assert cells(page, 0) == numbers[50:100]
    choose(page, "input[type=search]", "initial")
    assert cells(page, 0) == numbers[:1]
    assert page.evaluate("document.querySelector('[data-pager]').hidden")
    assert page.evaluate(COUNT) == f"1 found, of {rounds}"
    choose(page, "input[type=search]", "")
    page.evaluate(turn.format(1))
    page.evaluate(turn.format(0))
    assert cells(page, 0) == numbers[:50]


def test_every_section_is_reached_from_the_contents(
    tmp_path: Path, page_record: Record, browser: Page
) -> None:
    page = opened(browser, saved(tmp_path, one=page_record))
    links = "document.querySelectorAll('main:not([hidden]) .contents a')"
    targets = page.evaluate(f"[...{links}].map(link => link.hash.slice(1))")
    sections = page.evaluate("[...document.querySelectorAll('main > section')].map(s => s.id)")
    assert targets == sections
    for number, name in enumerate(targets):
        page.evaluate(f"{links}[{number}].click()")
        title = f"document.getElementById('{name}').querySelector('h2').getBoundingClientRect()"
        bar = "document.querySelector('.contents').getBoundingClientRect()"
        top, edge, height = page.evaluate(f"[{title}.top, {bar}.bottom, innerHeight]")
        assert edge <= top < height, name


def test_what_is_wider_than_a_phone_shows_that_it_scrolls(
    tmp_path: Path, page_record: Record, browser: Page
) -> None:
    page = opened(browser, saved(tmp_path, one=page_record), 390)
    places = "[...document.querySelectorAll('main .scroll')]"
    page.wait(f"{places}.some(place => place.dataset.more)")
    wrong = page.evaluate(
        f"{places}.filter(place => (place.scrollWidth > place.clientWidth + 2)"
        " !== (place.dataset.more === 'right')).map(place => place.ariaLabel)"
    )
    assert wrong == []
    table = "document.querySelector('.scroll:has(table[data-rounds])')"
    page.evaluate(f"{table}.scrollTo({{left: 9999, behavior: 'instant'}})")
    page.wait(f"{table}.dataset.more === 'left'")
    page = opened(browser, saved(tmp_path, one=page_record), 1280)
    assert page.evaluate(f"{places}.filter(place => place.dataset.more).length") == 0


def test_paper_holds_all_rounds_and_charts_as_wide_as_itself(
    tmp_path: Path, page_record: Record, browser: Page
) -> None:
    page = opened(browser, saved(tmp_path, one=page_record))
    page.evaluate(
        "window.addEventListener('beforeprint', () => { window.printed = ["
        "document.querySelectorAll('.rounds tr.round').length,"
        "Math.max(...[...document.querySelectorAll('.main-svg')].map(c => c.clientWidth))]; })"
    )
    page.call("Page.printToPDF", preferCSSPageSize=True)
    rows, widest = page.evaluate("window.printed")
    assert rows == len(Findings(page_record).rows)
    assert widest <= 700
    assert len(cells(page, 0)) == 50
    page.draw("0-value")
    wide = page.evaluate("document.querySelector('[id=\"0-value\"] .main-svg').clientWidth")
    assert wide > 1000


def test_side_by_side_names_what_differs_and_marks_the_best(
    tmp_path: Path, page_record: Record, browser: Page
) -> None:
    slower = replace(
        page_record,
        settings=page_record.settings.model_copy(update={"threshold": 0.02}),
        history=replace(page_record.history, fee=0.002),
    )
    page = opened(browser, saved(tmp_path, one=page_record, two=slower))
    heads = page.evaluate(
        "[...document.querySelectorAll('#comparison .beside')].map("
        "table => [...table.tHead.rows[0].cells].map(cell => cell.textContent))"
    )
    names = ["threshold 0.7 %, fee 0.1 %", "threshold 2 %, fee 0.2 %"]
    assert heads == [["", *names]] * 2
    premium = page.evaluate(
        "[...[...document.querySelectorAll('#comparison tbody tr')]"
        ".find(row => row.cells[0].textContent === 'Premium').cells].map(c => c.className)"
    )
    assert premium.count("best") == 1
    differing = page.evaluate(
        "[...document.querySelectorAll('#comparison .differs th')].map(c => c.textContent)"
    )
    assert differing == ["Policy", "Fee"]
    page.draw("shared-premiums")
    legend = page.evaluate(
        "[...document.querySelectorAll('[id=shared-premiums] .legendtext')].map(t => t.textContent)"
    )
    assert legend == names
    page = opened(browser, saved(tmp_path, one=page_record, two=slower), 390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
