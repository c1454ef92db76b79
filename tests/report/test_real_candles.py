"""The figures of a report on real candles, counted again by other code from orders and candles."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rebalancing.freqtrade_side.history.result import read_records
from rebalancing.report.figures import as_json
from rebalancing.report.findings import Findings
from tests.support.builders import make_config, write_candles
from tests.support.freqtrade_runs import Outcome, backtest
from tests.support.raw_records import backtest_events, read_closes, read_opens
from tests.support.real_candles import MAJORS, SHARED, bitcoin_candles, needs_shared
from tests.support.recount import Policy, Walk

pytestmark = [needs_shared, pytest.mark.slow]
FEE = 0.001
Case = tuple[Findings, Walk]


def both(run: Outcome, datadir: Path, policy: Policy, start: float, timeframe: str) -> Case:
    """Read a result with the product and with the walk."""
    (record,) = read_records(run.result, datadir).values()
    pairs = [f"{asset}/{policy.stake}" for asset in policy.targets if asset != policy.stake]
    opens = read_opens(datadir, pairs, timeframe)
    closes = read_closes(datadir, pairs, timeframe)
    walk = Walk(opens, backtest_events(run.orders, FEE), policy, start, closes)
    return Findings(record), walk


def equal(pairs: list[str], threshold: float) -> Policy:
    targets = {pair.split("/")[0]: 1 / len(pairs) for pair in pairs}
    return Policy({**targets, "USDT": 0.0}, threshold, "USDT", FEE)


CASES = ["majors-1h", "luna-2022", "flashcrash-2025-10", "bitcoin", "late and ended"]


def late_and_ended_candles(folder: Path) -> Path:
    """Write the weeks in which LUNA ended, with a SOL that is listed in the middle of them."""
    candles = {}
    for coin in ["LUNA", "BTC", "ETH", "BNB", "SOL"]:
        frame = pd.read_feather(SHARED / "luna-2022" / f"{coin}_USDT-1h.feather")
        begin = "2022-05-02 03:00" if coin == "SOL" else "2022-04-25"
        inside = (frame["date"] >= begin) & (frame["date"] < "2022-05-24")
        candles[f"{coin}/USDT"] = frame[inside].reset_index(drop=True)
    return write_candles(folder, "1h", candles)


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp(request.param)
    daily = {"targets": "equal", "period": "24h", "threshold": 0.03}
    if request.param == "bitcoin":
        data = bitcoin_candles(folder / "data")
        targets = {"ETH": 0.3, "LTC": 0.2, "BTC": 0.5}
        block = {"targets": targets, "threshold": 0.03}
        config = make_config(["ETH/BTC", "LTC/BTC"], block, dry_run_wallet=1)
        policy = Policy(targets, 0.03, "BTC", FEE)
        return both(backtest(folder, config, data), data, policy, 1.0, "1h")
    data, details = SHARED / request.param, ()
    pairs, block = MAJORS, daily
    if request.param == "late and ended":
        data = late_and_ended_candles(folder / "data")
        block = {"targets": "equal", "threshold": 0.02, "scope": "drifted"}
    if request.param in ("luna-2022", "late and ended"):
        pairs = [f"{coin}/USDT" for coin in ["LUNA", "BTC", "ETH", "BNB", "SOL"]]
    if request.param == "flashcrash-2025-10":
        pairs = [f"{coin}/USDT" for coin in ["BTC", "ETH", "ADA", "DOGE"]]
        block, details = {"targets": "equal", "threshold": 0.01}, ("--timeframe-detail", "5m")
    config = make_config(pairs, block, dry_run_wallet=10000)
    run = backtest(folder, config, data, *details)
    return both(run, data, equal(pairs, block["threshold"]), 10000.0, "1h")


def test_every_figure_agrees_with_the_recount(case: Case) -> None:
    findings, walk = case
    given, counted = as_json(findings), walk.figures()
    shown = {**given, **_named("gain", given["gains"]), **_named("received", given["received"])}
    size = abs(counted["nav"])
    off = {
        key: (shown[key], value)
        for key, value in counted.items()
        if key != "unexplained"
        and not np.isclose(shown[key], value, rtol=1e-6, atol=1e-6 * _scale(key, size))
    }
    assert off == {}
    assert len(counted) > 20


def test_every_moment_agrees_with_the_recount(case: Case) -> None:
    findings, walk = case
    walk.figures()
    size = 1e-6 * float(np.max(findings.nav))
    assert findings.record.history.time.tolist() == walk.times
    np.testing.assert_allclose(findings.nav, walk.navs, rtol=1e-6, atol=size)
    np.testing.assert_allclose(findings.hodl_nav, walk.hodls, rtol=1e-6, atol=size)
    np.testing.assert_allclose(findings.premium, walk.premiums, rtol=1e-6, atol=size)
    np.testing.assert_allclose(findings.mix_units, walk.mix, rtol=1e-6)


def test_gains_fees_and_flows_add_up_to_the_cent(case: Case) -> None:
    findings, walk = case
    attribution, history = findings.attribution, findings.record.history
    cent = 1e-8 * max(1.0, history.start)
    sold = findings.closing.sold
    assert history.start + attribution.change[-1] == pytest.approx(sold, abs=cent)
    marked = history.nav() - history.start
    np.testing.assert_allclose(attribution.change[:-1], marked, atol=cent)
    assert walk.figures()["unexplained"] == pytest.approx(0, abs=cent)


def _named(kind: str, values: dict[str, float]) -> dict[str, float]:
    return {f"{kind} {asset}": value for asset, value in values.items()}


def _scale(key: str, nav: float) -> float:
    """Money is as exact as the NAV; a fraction as 1."""
    money = key.split()[0] in ("nav", "hodl_nav", "premium", "fees", "gain", "received", "flows")
    return nav if money else 1.0
