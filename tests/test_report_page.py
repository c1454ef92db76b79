"""The page of a report, opened in a real browser."""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import plotly.graph_objects as go
import pytest

from rebalancing.freqtrade_side.history.result import read_records
from rebalancing.performance.record import LeftOut, Record, RoundNote
from rebalancing.report.findings import Findings
from rebalancing.report.page import ASSETS, CHARTS, in_script, write_page
from rebalancing.report.value_charts import growth_chart, premiums_chart
from tests.browser import IS_MISSING, REMEDY, Page, browser_page
from tests.builders import PROJECT, make_config
from tests.freqtrade_runs import Outcome, backtest
from tests.hostile import EVIL, rename_asset

CANDLES = PROJECT / "user_data" / "data" / "binance"
PAIRS = ["BTC/USDT", "ETH/USDT", "BNB/USDT", "SOL/USDT"]
needs_browser = pytest.mark.skipif(IS_MISSING, reason=REMEDY)
WIDTHS = [pytest.param(1280, False, id="1280, light"), pytest.param(390, True, id="390, dark")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    config = make_config(
        PAIRS, {"targets": "equal", "threshold": 0.01}, timeframe="4h", dry_run_wallet=10000
    )
    return backtest(tmp_path_factory.mktemp("run"), config, CANDLES)


@pytest.fixture(scope="module")
def record(run: Outcome) -> Record:
    (found,) = read_records(run.result, CANDLES).values()
    return found


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser_page(tmp_path_factory.mktemp("browser")) as page:
        yield page


def saved(folder: Path, **records: Record) -> Path:
    file = folder / "page.html"
    titles = {name.replace("_", " "): Findings(found) for name, found in records.items()}
    file.write_text(write_page(titles, "now"), encoding="utf-8")
    return file


def opened(browser: Page, file: Path, width: int = 1280, dark: bool = False) -> Page:
    browser.errors.clear()
    browser.requests.clear()
    browser.open(file, width, dark=dark)
    return browser


def cells(page: Page, column: int) -> list[str]:
    return list(
        page.evaluate(
            "[...document.querySelectorAll('main:not([hidden]) .rounds tr.round')]"
            f".map(row => row.cells[{column}].textContent)"
        )
    )


@needs_browser
@pytest.mark.parametrize(("width", "dark"), WIDTHS)
def test_every_chart_is_drawn_without_error_or_network(
    tmp_path: Path, record: Record, browser: Page, width: int, dark: bool
) -> None:
    page = opened(browser, saved(tmp_path, one=record), width, dark)
    page.draw_everything()
    drawn = page.evaluate("document.querySelectorAll('.chart svg.main-svg').length")
    lines = page.evaluate(
        "[...document.querySelectorAll('.chart')].map(c => c.querySelectorAll("
        "'.scatterlayer .trace, .barlayer .trace').length)"
    )
    assert drawn >= len(CHARTS)
    assert len(lines) == len(CHARTS)
    assert min(lines) > 0
    assert page.errors == []
    assert page.requests == []


@needs_browser
@pytest.mark.parametrize(("width", "dark"), WIDTHS)
def test_nothing_is_wider_than_the_window(
    tmp_path: Path, record: Record, browser: Page, width: int, dark: bool
) -> None:
    page = opened(browser, saved(tmp_path, one=record), width, dark)
    page.draw_everything()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert background == ("rgb(20, 23, 26)" if dark else "rgb(255, 255, 255)")


@needs_browser
def test_light_and_dark_are_switched_by_hand(tmp_path: Path, record: Record, browser: Page) -> None:
    page = opened(browser, saved(tmp_path, one=record))
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.evaluate("document.getElementById('theme').click()")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.errors == []


@needs_browser
def test_a_scale_and_an_asset_are_chosen_by_hand(
    tmp_path: Path, record: Record, browser: Page
) -> None:
    page = opened(browser, saved(tmp_path, one=record))
    page.draw_everything()
    page.evaluate("document.querySelector('[data-log]').click()")
    page.wait("document.getElementById('0-value')._fullLayout.yaxis.type === 'log'")
    page.evaluate(
        "(() => { const box = document.querySelector('select[data-chart]'); box.value = '2';"
        "box.dispatchEvent(new Event('change')); })()"
    )
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
    tmp_path: Path, record: Record, browser: Page
) -> None:
    page = opened(browser, saved(tmp_path, one=record))
    rounds = [row.number for row in Findings(record).rows]
    assert cells(page, 0) == [f"r{number}" for number in rounds]
    sort = "[...document.querySelectorAll('.rounds th button')][{}].click()"
    page.evaluate(sort.format(4))
    turnover = [float(text.removesuffix(" %")) for text in cells(page, 4)]
    assert turnover == sorted(turnover)
    page.evaluate(sort.format(4))
    assert cells(page, 4)[0] == f"{max(turnover):.2f} %"
    day = cells(page, 1)[1][:10]  # the initial allocation is the largest
    page.evaluate(
        "(() => { const box = document.querySelector('input[type=search]');"
        f"box.value = 'THRESHOLD {day}'; box.dispatchEvent(new Event('input')); }})()"
    )
    assert {text[:10] for text in cells(page, 1)} == {day}
    assert all("threshold" in text for text in cells(page, 2))


@needs_browser
def test_a_round_opens_to_its_weights_and_trades(
    tmp_path: Path, record: Record, browser: Page
) -> None:
    page = opened(browser, saved(tmp_path, one=record))
    page.evaluate("document.querySelectorAll('.rounds tr.round')[1].click()")
    detail = page.evaluate("document.querySelector('.rounds tr.detail').textContent")
    row = Findings(record).rows[1]
    assert f"{row.before[0] * 100:.2f} %" in detail
    assert f"{row.after[0] * 100:.2f} %" in detail
    assert "left out" in detail


@needs_browser
def test_several_results_stand_side_by_side(tmp_path: Path, record: Record, browser: Page) -> None:
    page = opened(browser, saved(tmp_path, first=record, second=record))
    page.draw_everything()
    page.evaluate("document.querySelectorAll('button[data-result]')[1].click()")
    page.draw_everything()
    assert page.evaluate("document.querySelectorAll('main:not([hidden])').length") == 1
    assert page.evaluate("document.querySelector('main:not([hidden]) h2').textContent") == "second"
    assert page.errors == []


@needs_browser
def test_hostile_names_are_shown_and_not_obeyed(
    tmp_path: Path, record: Record, browser: Page
) -> None:
    hostile = rename_asset(record, "SOL", EVIL)
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
    assert page.evaluate("document.querySelectorAll('img, iframe, a').length") == 0


def test_no_hostile_text_is_markup_in_the_file(record: Record) -> None:
    hostile = rename_asset(record, "SOL", EVIL)
    page = write_page({EVIL: Findings(hostile)}, EVIL)
    assert "<img" not in page.split("</style>")[1].split("<script>")[0]
    assert page.count("</script>") == page.count("<script")


def test_json_in_a_script_cannot_end_it() -> None:
    text = in_script({"a": "</script><!--&\u2028"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"a": "</script><!--&\u2028"}


def test_only_the_pages_own_scripts_may_run(record: Record) -> None:
    page = write_page({"one": Findings(record)}, "now")
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


def test_the_page_is_small(record: Record) -> None:
    assert len(write_page({"one": Findings(record)}, "now").encode()) < 6_000_000


def test_plotly_knows_every_attribute_of_every_chart(record: Record) -> None:
    findings = Findings(record)
    several = {"one": findings, "two": findings}
    charts = [make(findings) for make in CHARTS]
    for chart in [*charts, growth_chart(several), premiums_chart(several)]:
        traces = [{k: v for k, v in trace.items() if k != "view"} for trace in chart.traces]
        figure = go.Figure(traces, chart.layout)
        assert len(figure.data) == len(chart.traces)
        assert chart.title
        assert chart.note


def test_what_was_left_out_is_told_from_the_journal(record: Record) -> None:
    left = LeftOut("SOL", -3.2, "below the smallest order")
    noted = rename_asset(record, "SOL", "SOL", {1: RoundNote("done", (left,), 0.4)})
    page = write_page({"one": Findings(noted)}, "now")
    assert "below the smallest order" in page


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param({}, id="empty"),
        pytest.param({"{stem}.json": "{"}, id="broken JSON"),
        pytest.param({"{stem}.json": "[]"}, id="another JSON"),
        pytest.param({"{stem}.json": '{"strategy": {"A": 3}}'}, id="no strategy"),
        pytest.param(
            {"{stem}.json": '{"strategy": {"A": {"trades": [{"orders": [{}]}]}}}'}, id="no tags"
        ),
    ],
)
def test_a_damaged_result_is_one_line(tmp_path: Path, damage: dict[str, str]) -> None:
    file = tmp_path / "backtest-result-x.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in damage.items():
            archive.writestr(name.format(stem=file.stem), text)
    with pytest.raises(ValueError, match=re.escape(str(file))) as refusal:
        read_records(file)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("part", ["config", "wallet", "market_change", ""])
def test_a_result_with_a_part_missing_or_torn_is_one_line_or_read(
    tmp_path: Path, run: Outcome, part: str
) -> None:
    for torn in (False, True):
        file = tmp_path / f"{run.result.stem}.zip"
        with zipfile.ZipFile(run.result) as source, zipfile.ZipFile(file, "w") as copy:
            for name in source.namelist():
                hit = part in name if part else name == f"{run.result.stem}.json"
                if hit and not torn:
                    continue
                content = source.read(name)
                copy.writestr(name, content[: len(content) // 2] if hit else content)
        if part == "market_change":
            assert read_records(file)
            continue
        with pytest.raises(ValueError, match=re.escape(str(file))) as refusal:
            read_records(file)
        assert "\n" not in str(refusal.value)


def test_a_file_that_is_no_result_is_one_line(tmp_path: Path) -> None:
    for content in (b"", b"PK\x03\x04", b"hello" * 100):
        file = tmp_path / "result.zip"
        file.write_bytes(content)
        with pytest.raises(ValueError, match=re.escape(str(file))) as refusal:
            read_records(file)
        assert "\n" not in str(refusal.value)


@needs_browser
def test_no_button_of_a_chart_sends_it_anywhere(
    tmp_path: Path, record: Record, browser: Page
) -> None:
    page = opened(browser, saved(tmp_path, one=record))
    page.draw_everything()
    page.evaluate("window.open = (address) => { window.sent = String(address); return null; }")
    buttons = "document.querySelectorAll('.modebar-btn')"
    titles = page.evaluate(f"[...{buttons}].map(button => button.dataset.title)")
    assert "Download plot as a PNG" in titles
    assert [title for title in titles if re.search("share|cloud|edit", title, re.I)] == []
    assert page.evaluate("document.getElementById('0-value')._context.plotlyServerURL") == ""


@needs_browser
def test_a_round_is_opened_with_the_keyboard(tmp_path: Path, record: Record, browser: Page) -> None:
    page = opened(browser, saved(tmp_path, one=record))
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
    tmp_path: Path, record: Record, browser: Page
) -> None:
    page = opened(browser, saved(tmp_path, one=record), dark=True)
    page.evaluate(
        "window.addEventListener('beforeprint', () => { window.printed = ["
        "document.querySelectorAll('.chart svg.main-svg').length,"
        "document.documentElement.dataset.theme]; })"
    )
    page.call("Page.printToPDF")
    drawn, theme = page.evaluate("window.printed")
    assert drawn >= len(CHARTS)
    assert theme == "light"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.errors == []
