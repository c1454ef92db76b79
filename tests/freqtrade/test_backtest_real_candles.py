"""freqtrade's backtests on real candles, audited from their orders by other code."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.support.audit import Audit, audit_equal_weights
from tests.support.builders import make_config, write_candles
from tests.support.freqtrade_runs import Outcome, backtest
from tests.support.real_candles import MAJORS, SHARED, bitcoin_candles, needs_shared

POLICY = {"targets": "equal", "period": "24h", "threshold": 0.03}

pytestmark = needs_shared


@pytest.fixture(scope="module")
def majors(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("majors")
    config = make_config(MAJORS, POLICY, dry_run_wallet=10000)
    return backtest(folder, config, SHARED / "majors-1h")


@pytest.fixture(scope="module")
def audit(majors: Outcome) -> Audit:
    return audit_equal_weights(
        majors.trades,
        SHARED / "majors-1h",
        MAJORS,
        start=10000,
        fee=0.001,
        period=pd.Timedelta("24h"),
        threshold=0.03,
    )


def test_every_round_has_its_trigger_and_none_is_missed(audit: Audit) -> None:
    assert audit.rounds > 50
    assert audit.unasked == []
    assert audit.missed == []


def test_every_round_is_complete_in_its_candle(audit: Audit) -> None:
    assert audit.incomplete == []


def test_no_order_is_below_the_minimum(audit: Audit) -> None:
    assert audit.small == []


def test_cash_is_never_negative_with_every_fee_paid_at_once(audit: Audit) -> None:
    assert audit.lowest_cash >= 0


def test_nothing_but_rounds_trades_and_the_log_is_clean(majors: Outcome) -> None:
    assert set(majors.orders.tag) - set(majors.trades.tag) == {"force_exit"}
    assert majors.complaints == []


def test_tags_tell_round_reason_and_drift(majors: Outcome) -> None:
    first, *later = dict.fromkeys(majors.trades.tag)
    assert first == "r0 initial"
    form = r"r[1-9]\d* period\+threshold (USDT|[A-Z]+) [+-]\d+\.\dpp"
    assert pd.Series(later).str.fullmatch(form).all()


def test_the_order_of_the_whitelist_makes_no_difference(tmp_path: Path) -> None:
    runs = []
    for name, pairs in (("one", MAJORS), ("other", [*reversed(MAJORS)])):
        (tmp_path / name).mkdir()
        config = make_config(pairs, POLICY, dry_run_wallet=10000)
        runs.append(
            backtest(
                tmp_path / name, config, SHARED / "majors-1h", "--timerange", "20201001-20210401"
            )
        )
    one, other = (run.trades.sort_values(["time", "pair"], ignore_index=True) for run in runs)
    assert list(one.tag) == list(other.tag)
    assert np.allclose(one.amount, other.amount, rtol=1e-5)


def test_prices_after_a_decision_do_not_change_it(tmp_path: Path) -> None:
    turn = pd.Timestamp("2021-01-24 01:00", tz="UTC")
    random = np.random.default_rng(1)
    changed = {}
    for pair in MAJORS:
        file = SHARED / "majors-1h" / f"{pair.replace('/', '_')}-1h.feather"
        frame = pd.read_feather(file)
        frame = frame[frame.date < "2021-03-01"].copy()
        after = frame.date > turn
        factor = np.exp(random.normal(0, 0.3, int(after.sum())))
        for column in ("open", "high", "low", "close"):
            frame.loc[after, column] *= factor
        changed[pair] = frame
    write_candles(tmp_path / "data", "1h", changed)
    config = make_config(MAJORS, POLICY, dry_run_wallet=10000)
    runs = []
    for name, datadir in (("real", SHARED / "majors-1h"), ("changed", tmp_path / "data")):
        (tmp_path / name).mkdir()
        runs.append(backtest(tmp_path / name, config, datadir, "--timerange", "20201001-20210228"))
    real, other = (run.trades[run.trades.time <= turn].reset_index(drop=True) for run in runs)
    assert real.time.max() == turn
    pd.testing.assert_frame_equal(real, other)


@pytest.fixture(scope="module")
def luna(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    pairs = [f"{coin}/USDT" for coin in ["LUNA", "BTC", "ETH", "BNB", "SOL"]]
    config = make_config(pairs, POLICY, dry_run_wallet=10000)
    return backtest(tmp_path_factory.mktemp("luna"), config, SHARED / "luna-2022")


def luna_balance(run: Outcome) -> pd.Series:
    wallet = run.wallet[run.wallet.currency == "LUNA"]
    return wallet.set_index("date").balance


def test_the_fall_of_luna_is_ridden_as_the_policy_says(luna: Outcome) -> None:
    """FREQTRADE.md 43, 44: no stop fires, and every boundary buys more."""
    falling = luna_balance(luna)["2022-05-09":"2022-05-12"]
    assert falling.is_monotonic_increasing
    assert falling.nunique() == 4
    assert luna.complaints == []


def test_luna_is_left_out_without_churn_when_its_candles_stop(luna: Outcome) -> None:
    """FREQTRADE.md 46."""
    after = luna.trades[luna.trades.time > "2022-05-13"]
    assert after.tag.nunique() == 2
    assert (after.notional >= 5).all()


def test_a_flash_crash_with_detail_candles_breaks_nothing(tmp_path: Path) -> None:
    pairs = [f"{coin}/USDT" for coin in ["BTC", "ETH", "ADA", "DOGE"]]
    config = make_config(pairs, {"targets": "equal", "threshold": 0.01}, dry_run_wallet=10000)
    run = backtest(tmp_path, config, SHARED / "flashcrash-2025-10", "--timeframe-detail", "5m")
    assert run.complaints == []
    assert run.trades.tag.nunique() > 3
    assert not run.trades.duplicated(["pair", "tag"]).any()


def test_bitcoin_as_stake_currency_is_a_member_of_the_portfolio(tmp_path: Path) -> None:
    data = bitcoin_candles(tmp_path / "data")
    config = make_config(
        ["ETH/BTC", "LTC/BTC"],
        {"targets": {"ETH": 0.3, "LTC": 0.2, "BTC": 0.5}, "threshold": 0.03},
        dry_run_wallet=1,
    )
    run = backtest(tmp_path, config, data)
    assert run.complaints == []
    assert run.trades.tag.nunique() > 5
    cash = 1 - (run.trades.notional * (1.001 - 2.0 * (run.trades.side == "sell"))).cumsum()
    assert cash.between(0.3, 2).all()
