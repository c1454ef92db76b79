"""The command ``rebalance assets``, and its page."""

import json
import re
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rebalancing.explore.assets.overview import overview
from rebalancing.report.assets_page import write_assets_page
from tests.support.browser import Page
from tests.support.builders import make_candles, make_config, write_candles
from tests.support.command_lines import rebalance
from tests.support.daily_assets import daily_closes
from tests.support.hostile import EVIL
from tests.support.pages import choose, needs_browser, opened

pytest_plugins = ("tests.support.page_fixtures",)
HOURS = 24 * 400


def candles(seed: int, shared: int | None = None) -> pd.DataFrame:
    """Draw hourly candles; those with the same `shared` go at the same pace."""
    moves = np.random.default_rng(seed).normal(0, 0.01, HOURS)
    if shared is not None:
        moves = np.random.default_rng(shared).normal(0, 0.01, HOURS) + moves / 5
    return make_candles(list(100 * np.exp(np.cumsum(moves))))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a configuration of four pairs, one of which falls to nothing and ends."""
    folder = tmp_path_factory.mktemp("assets")
    lost = candles(4).iloc[: HOURS // 2]
    lost.loc[:, ["open", "high", "low", "close"]] *= 0.5 ** (np.arange(len(lost)) / 600)[:, None]
    frames = {
        "BTC/USDT": candles(1, shared=9),
        "ETH/USDT": candles(2, shared=9).iloc[:-7],
        "SOL/USDT": candles(3),
        "LUNA/USDT": lost,
    }
    data = write_candles(folder / "user_data" / "data" / "binance", "1h", frames)
    write_candles(data, "4h", {"BTC/USDT": candles(5).iloc[:50]})
    write_candles(data, "1w", {"BTC/USDT": make_candles([1.0, 2.0], timeframe="7D")})
    (data / "BAD_USDT-1h.feather").write_bytes(b"no candles")
    config = make_config([*frames], {"targets": "equal", "period": "24h"}, timeframe="1h")
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def assets(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return rebalance(folder, "assets", *words, COLUMNS="150")


def test_it_shows_the_pairs_of_the_configuration_and_writes_a_page(place: Path) -> None:
    told = assets(place)
    assert (told.returncode, told.stderr) == (0, "")
    for name in ("BTC", "ETH", "SOL", "LUNA"):
        assert re.search(rf"^│ {name} +│ +[+-]", told.stdout, re.MULTILINE), name
    assert re.search(r"^At the same pace: (BTC and ETH|ETH and BTC)\.$", told.stdout, re.MULTILINE)
    assert "Mind: LUNA drains the others: " in told.stdout
    assert "Mind: LUNA has no candles after " in told.stdout
    page = place / "user_data" / "plot" / "rebalance-assets.html"
    assert told.stdout.splitlines()[-1] == f"Page: {page.relative_to(place)}"
    assert page.stat().st_size > 1_000_000


def test_figures_for_scripts_are_those_of_the_candles(place: Path) -> None:
    before = {*place.rglob("*")}
    told = assets(place, "--json", "SOL", "LUNA/USDT", "SOL/USDT", "--timerange", "20240110-")
    assert (told.returncode, told.stderr) == (0, "")
    found = json.loads(told.stdout)
    assert [*found["assets"]] == ["SOL", "LUNA"]
    frame = candles(3)
    daily = frame[frame.date >= "2024-01-10"].set_index("date").close.resample("1D").last()
    sol = found["assets"]["SOL"]
    assert (found["from"], sol["first"], sol["last"]) == (
        "2024-01-10", "2024-01-10", f"{daily.index[-1]:%Y-%m-%d}",
    )  # fmt: skip
    assert sol["total_return"] == pytest.approx(daily.iloc[-1] / daily.iloc[0] - 1)
    returns = daily.pct_change().dropna()
    assert sol["volatility"] == pytest.approx(returns.std(ddof=0) * np.sqrt(365))
    volume = (frame.close * frame.volume)[frame.date >= "2024-01-10"]
    by_day = volume.groupby(frame.date.dt.floor("1D")).sum()
    assert sol["median_daily_volume"] == pytest.approx(by_day.median())
    assert found["assets"]["LUNA"]["subsidy"]["drains"] is True
    assert [one["ratio"] for one in found["ratios"]] == ["SOL/LUNA"]
    assert found["cautions"][0].startswith("LUNA drains the others")
    assert {*place.rglob("*")} == before


def test_a_day_that_is_not_over_does_not_count(place: Path) -> None:
    found = json.loads(assets(place, "--json", "ETH", "SOL").stdout)["assets"]
    last = pd.Timestamp(found["SOL"]["last"])
    assert pd.Timestamp(found["ETH"]["last"]) == last - pd.Timedelta(days=1)


def test_pairs_and_a_folder_need_no_configuration(place: Path, tmp_path: Path) -> None:
    data = place / "user_data" / "data" / "binance"
    told = assets(tmp_path, "BTC/USDT", "SOL/USDT", "--datadir", data, "-o", "page.html")
    assert (told.returncode, told.stderr) == (0, "")
    assert (tmp_path / "page.html").is_file()


REFUSALS = [
    pytest.param(["DOGE"], "has no candles of DOGE/USDT; download them with: ", id="no candles"),
    pytest.param(["BTC/USDT", "BTC/EUR"], "must have the same stake currency", id="two stakes"),
    pytest.param(["BAD"], "BAD/USDT 1h are damaged, or there are none", id="damaged"),
    pytest.param(["-i", "4h"], "has no candles of 4h of ETH/USDT, SOL/USDT", id="timeframe"),
    pytest.param(["BTC", "-i", "1w"], "daily closes need candles of a day or less", id="weeks"),
    pytest.param(["--timerange", "x"], "timerange", id="no range"),
    pytest.param(["SOL", "--timerange", "-20200101"], "have none in that range", id="empty range"),
    pytest.param(["SOL", "--timerange", "20240101-20240102"], "daily closes", id="a single day"),
    pytest.param(["--datadir", "nowhere"], "nowhere: is no folder of candles", id="no folder"),
    pytest.param(["--config", "missing.json"], "missing.json", id="no configuration"),
    pytest.param(["*/USDT"], "*/USDT", id="no wildcard"),
    pytest.param(["-o", "config.json/page.html"], "config.json", id="no place for the page"),
]


@pytest.mark.parametrize(("words", "said"), REFUSALS)
def test_what_cannot_be_shown_is_one_line(place: Path, words: list[str], said: str) -> None:
    told = assets(place, *words)
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.count("\n") == 1
    assert said in told.stderr


def test_the_help_says_what_it_is_for(place: Path) -> None:
    told = assets(place, "--help")
    assert told.returncode == 0
    assert "correlations" in told.stdout


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of nine assets, one of which has a name that means harm."""
    draw = np.random.default_rng(1)
    prices = {
        f"A{number}": 100 * np.exp(np.cumsum(draw.normal(0, 0.03, 400))) for number in range(8)
    }
    prices[EVIL] = 100 * 0.5 ** (np.arange(400) / 30)
    file = tmp_path_factory.mktemp("page") / "assets.html"
    file.write_text(write_assets_page(overview(daily_closes(**prices)), "candles", "now"))
    return file


@needs_browser
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_the_page_shows_everything_without_error_or_network(
    browser: Page, page_file: Path, width: int, dark: bool
) -> None:
    page = opened(browser, page_file, width, dark)
    page.draw_everything()
    lines = page.evaluate(
        "[...document.querySelectorAll('.chart')].map(c => c.querySelectorAll("
        "'.scatterlayer .trace').length)"
    )
    assert lines == [9, 9, 8]
    titles = page.evaluate("[...document.querySelectorAll('main h2')].map(h => h.textContent)")
    assert titles == ["Each asset", "Together", "Ratios", "Subsidies"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("window.hacked") is None
    assert (page.errors, page.requests) == ([], [])


@needs_browser
def test_the_asset_whose_ratios_are_shown_is_chosen(browser: Page, page_file: Path) -> None:
    page = opened(browser, page_file)
    choose(page, "select[data-chart='0-ratios']", "2")
    page.draw("0-ratios")
    shown = page.evaluate(
        "document.getElementById('0-ratios')._fullData.filter(t => t.visible === true)"
        ".map(t => t.name)"
    )
    assert "A2" not in shown
    assert {"A0", "A1", "A3"} < {*shown}
    assert page.errors == []
