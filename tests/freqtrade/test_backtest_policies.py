"""Scopes, destinations and thresholds through freqtrade's Backtesting, on the project's candles."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rebalancing.cli.summary import print_summary
from rebalancing.freqtrade_side.history.result import read_records
from rebalancing.performance.summary import Summary, summarise
from tests.support.builders import PROJECT, make_config
from tests.support.freqtrade_runs import Outcome, backtest

COINS = ["BTC", "ETH", "BNB", "SOL"]
PAIRS = [f"{coin}/USDT" for coin in COINS]
CANDLES = PROJECT / "user_data" / "data" / "binance"
TARGETS = {"BTC": 0.35, "ETH": 0.25, "BNB": 0.15, "SOL": 0.15, "USDT": 0.1}
BAND = 0.03


def run(folder: Path, **policy: Any) -> Outcome:
    policy = {"targets": TARGETS, "threshold": BAND, **policy}
    found = backtest(
        folder, make_config(PAIRS, policy, timeframe="4h", dry_run_wallet=10000), CANDLES
    )
    assert found.complaints == []
    return found


def drifts_after_rounds(found: Outcome) -> dict[str, np.ndarray]:
    """Drift of each member right after each round at the closes it was decided with."""
    closes = pd.DataFrame(
        {
            pair: pd.read_feather(CANDLES / f"{pair.replace('/', '_')}-4h.feather").set_index(
                "date"
            )["close"]
            for pair in PAIRS
        }
    ).shift(1)
    amounts, cash, after = pd.Series(0.0, index=PAIRS), 10000.0, {}
    for (time, tag), orders in found.trades.groupby(["time", "tag"], sort=True):
        sign = np.where(orders.side == "buy", 1, -1)
        amounts = amounts.add((sign * orders.amount).groupby(orders.pair).sum(), fill_value=0)
        cash -= float((sign * orders.notional + 0.001 * orders.notional).sum())
        values = np.append((amounts * closes.loc[time])[PAIRS].to_numpy(), cash)
        after[tag] = values / values.sum() - np.array(list(TARGETS.values()))
    return after


@pytest.mark.parametrize(
    ("policy", "share"),
    [
        pytest.param({}, 0.0, id="all to target"),
        pytest.param({"scope": "drifted"}, 1.0, id="drifted to target"),
        pytest.param({"scope": "fewest"}, 0.25, id="fewest within a quarter"),
        pytest.param({"destination": "edge"}, 0.9, id="all to the edge"),
        pytest.param({"destination": "edge", "scope": "drifted"}, 1.0, id="drifted to the edge"),
        pytest.param({"destination": 0.5, "scope": "drifted"}, 1.0, id="drifted half-way"),
    ],
)
def test_after_a_round_no_drift_is_larger_than_promised(
    tmp_path: Path, policy: dict[str, Any], share: float
) -> None:
    after = drifts_after_rounds(run(tmp_path, **policy))
    assert len(after) > 3
    for tag, drift in after.items():
        if not tag.startswith("r0"):
            assert np.abs(drift).max() <= share * BAND + 0.001, tag


def test_fewer_trades_with_a_smaller_scope(tmp_path: Path) -> None:
    per_round = {}
    for scope in ("all", "fewest"):
        (tmp_path / scope).mkdir()
        trades = run(tmp_path / scope, scope=scope).trades
        later = trades[~trades.tag.str.startswith("r0")]
        per_round[scope] = len(later) / later.tag.nunique()
    assert per_round["fewest"] < per_round["all"] / 1.5


def test_a_relative_threshold_is_a_share_of_the_target(tmp_path: Path) -> None:
    found = run(tmp_path, threshold=0.15, threshold_kind="relative")
    tags = found.trades.tag[~found.trades.tag.str.startswith("r0")].unique()
    bands = {asset: 0.15 * weight * 100 for asset, weight in TARGETS.items()}
    assert len(tags) > 3
    for tag in tags:
        _, _, asset, drift = tag.split()
        assert abs(float(drift.removesuffix("pp"))) >= bands[asset] - 0.05


def test_each_asset_may_have_its_own_threshold(tmp_path: Path) -> None:
    found = run(tmp_path, threshold={"BTC": 0.02, "SOL": 0.4})
    started = {tag.split()[2] for tag in found.trades.tag if not tag.startswith("r0")}
    assert "BTC" in started
    assert "SOL" not in started


@pytest.fixture(scope="module")
def summarised(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Summary]:
    found = run(tmp_path_factory.mktemp("summary"))
    (record,) = read_records(found.result).values()
    return found, summarise(record.history)


def test_the_summary_agrees_with_the_orders(summarised: tuple[Outcome, Summary]) -> None:
    found, summary = summarised
    initial = found.orders[found.orders.tag == "r0 initial"].set_index("pair")
    closing = found.orders[found.orders.tag == "force_exit"].set_index("pair")
    cash = 10000 - initial.notional.sum() * 1.001
    held = float((initial.amount * closing.price).sum()) * 0.999
    later = found.trades[found.trades.tag != "r0 initial"]
    assert summary.nav == pytest.approx(found.stats["final_balance"], abs=1e-6)
    assert summary.hodl_nav == pytest.approx(cash + held, abs=1e-6)
    assert summary.premium == pytest.approx(summary.nav - cash - held, abs=1e-6)
    assert summary.fees == pytest.approx(0.001 * found.orders.notional.sum(), abs=1e-6)
    assert (summary.rounds, summary.orders) == (later.tag.nunique(), len(later))


def test_the_summary_agrees_with_the_wallet_history(summarised: tuple[Outcome, Summary]) -> None:
    found, summary = summarised
    quote = found.wallet.pivot(index="date", columns="currency", values="total_quote").fillna(0)
    quote = quote.loc[quote.index > quote.index[0], list(TARGETS)]
    # The wallet still shows the fees of what is held: a tenth of a per cent of the portfolio.
    drift = quote.div(quote.sum(axis=1), axis=0) - pd.Series(TARGETS)
    assert abs(summary.largest_drift) == pytest.approx(drift.abs().max().max(), abs=0.0015)
    assert summary.mean_drift == pytest.approx(drift.abs().mean().mean(), abs=0.0015)
    nav = quote.sum(axis=1)
    later = found.trades[found.trades.tag != "r0 initial"]
    years = (quote.index[-1] - found.wallet.date.min()) / pd.Timedelta(days=365)
    turnover = sum(n / nav[t] for n, t in zip(later.notional, later.time, strict=True)) / 2 / years
    assert summary.turnover == pytest.approx(turnover, rel=0.005)


def test_the_summary_is_printed_for_people_and_for_scripts(
    summarised: tuple[Outcome, Summary], capsys: pytest.CaptureFixture[str]
) -> None:
    found, summary = summarised
    print_summary(found.result)
    assert f"{summary.nav:,.2f} USDT" in capsys.readouterr().out
    print_summary(found.result, as_json=True)
    assert f'"rounds": {summary.rounds}' in capsys.readouterr().out
