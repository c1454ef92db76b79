"""The traps in candles: late, ended, with gaps or odd prices, each through the real Backtesting."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rebalancing.freqtrade_side.backtest.candles import price_matrix, read_candles
from rebalancing.freqtrade_side.history.result import read_records
from rebalancing.performance.summary import summarise
from tests.support.builders import make_candles, make_config, write_candles
from tests.support.freqtrade_runs import backtest
from tests.support.made_backtests import backtest_of, hours, steps, with_gap


def test_a_coin_listed_later_joins_when_it_appears(tmp_path: Path) -> None:
    """Before its first candle a pair has no row."""
    late = make_candles(steps((30, 1)), start="2024-01-02 06:00")
    found = backtest_of(
        tmp_path, {"A": steps((60, 1)), "B": steps((60, 1)), "C": late}, period="7d"
    )
    assert list(dict.fromkeys(found.trades.tag)) == ["r0 initial", "r1 new asset C"]
    joined = found.trades[found.trades.tag == "r1 new asset C"]
    assert joined.time.unique() == [pd.Timestamp("2024-01-02 07:00", tz="UTC")]
    assert np.allclose(
        joined.groupby("pair").notional.sum(), [500 / 3, 500 / 3, 1000 / 3], atol=0.01
    )
    assert found.complaints == []


def test_an_asset_whose_candles_end_is_left_out_without_churn(tmp_path: Path) -> None:
    """freqtrade goes on counting it."""
    found = backtest_of(
        tmp_path,
        {"A": steps((100, 1)), "B": steps((100, 1)), "C": steps((20, 1), (10, 0.01))},
        period="24h",
        threshold=0.03,
    )
    assert found.trades[found.trades.time > hours(30)].empty
    assert found.complaints == []


def test_a_symbol_that_returns_as_another_coin_stays_out(tmp_path: Path) -> None:
    """freqtrade fills the gap with flat candles at the last price."""
    ghost = with_gap(make_candles(steps((40, 1), (80, 20000))), 30, 60)
    found = backtest_of(
        tmp_path, {"A": steps((120, 1)), "B": steps((120, 1)), "C": ghost}, threshold=0.05
    )
    assert found.trades[found.trades.time > hours(30)].empty
    assert len(found.complaints) == 1
    assert "another coin" in found.complaints[0]
    (record,) = read_records(found.result, tmp_path / "data").values()
    assert summarise(record.history).nav == pytest.approx(1000, abs=1)
    assert summarise(record.history).premium == pytest.approx(0, abs=1)


def test_a_halted_asset_is_not_traded_and_merely_counts_again(tmp_path: Path) -> None:
    closes = {"A": steps((5, 1), (80, 1.3)), "B": steps((85, 1))}
    halted = with_gap(make_candles(steps((85, 1))), 20, 40)
    found = backtest_of(tmp_path, {**closes, "C": halted}, period="24h")
    during = found.trades[found.trades.tag == "r1 period"]
    assert set(during.pair) == {"A/USDT", "B/USDT"}
    assert set(found.trades[found.trades.time >= hours(40)].tag) == {"r2 period"}
    assert found.complaints == []


def test_a_boundary_in_an_outage_is_served_after_it(tmp_path: Path) -> None:
    frames = {
        "A": with_gap(make_candles(steps((5, 1), (80, 1.3))), 22, 30),
        "B": with_gap(make_candles(steps((85, 1))), 22, 30),
    }
    found = backtest_of(tmp_path, frames, period="24h")
    traded = found.trades[found.trades.tag == "r1 period"]
    assert list(traded.time.unique()) == [hours(30)]  # one real candle after the gap
    assert found.complaints == []


def test_the_grid_is_not_shifted_by_an_outage(tmp_path: Path) -> None:
    moving = [1 + 0.1 * (hour % 7) for hour in range(120)]
    frames = {
        "A": with_gap(make_candles(moving), 22, 30),
        "B": with_gap(make_candles(steps((120, 1))), 22, 30),
    }
    found = backtest_of(tmp_path, frames, period="24h")
    starts = list(found.trades[found.trades.tag != "r0 initial"].time.unique())
    assert starts[1:] == [hours(48), hours(72), hours(96)]


def test_a_coin_below_the_tick_of_its_opening_is_sold_at_its_price(tmp_path: Path) -> None:
    """freqtrade takes the tick of the month of the opening, 0.01 here, and would sell
    what is worth 0.0087 a month later at 0.01."""
    start = "2024-01-31 04:00"
    fallen = make_candles(steps((20, 50.25), (30, 0.004), (60, 0.0087)), start)
    other = make_candles(steps((110, 1.5)), start)
    targets = {"A": 0.1, "B": 0.9}
    found = backtest_of(tmp_path, {"A": fallen, "B": other}, threshold=0.08, targets=targets)
    sold = found.orders[(found.orders.pair == "A/USDT") & (found.orders.side == "sell")]
    assert set(sold.price) == {0.0087}
    assert found.complaints == []


def test_candles_with_more_digits_than_a_tick_fill_all_the_same(tmp_path: Path) -> None:
    """An open that is the candle's own high or low is missed by rounding it."""
    path = [np.exp(0.3 * np.sin(hour / 5)) / 33333 for hour in range(200)]
    other = [np.exp(0.3 * np.cos(hour / 7)) / 77 for hour in range(200)]
    found = backtest_of(tmp_path, {"A": path, "B": other}, threshold=0.05)
    assert found.trades.tag.nunique() > 10
    assert not found.trades.duplicated(["pair", "tag"]).any()
    assert found.complaints == []
    cash = found.wallet[found.wallet.currency == "USDT"].set_index("date").balance
    assert cash.iloc[2:].max() < 6


def test_volumes_to_come_change_nothing(tmp_path: Path) -> None:
    """A coin that never had volume yet is traded; from its first volume on, silence is a halt."""
    runs = []
    for name, later in (("silent", 0.0), ("busy", 500.0)):
        flat = make_candles(steps((120, 1)))
        flat["volume"] = [0.0] * 60 + [later] * 60
        moving = {"A": [round(1 + 0.3 * np.sin(hour / 9), 3) for hour in range(120)]}
        (tmp_path / name).mkdir()
        runs.append(backtest_of(tmp_path / name, {**moving, "C": flat}, threshold=0.05).trades)
    silent, busy = (trades[trades.time <= hours(58)].reset_index(drop=True) for trades in runs)
    assert silent.tag.nunique() > 2
    pd.testing.assert_frame_equal(silent, busy)


def test_a_price_of_nothing_is_no_price() -> None:
    frame = make_candles(steps((5, 2), (3, 1), (5, 2)))
    frame.loc[5:7, ["open", "high", "low", "close"]] = 0.0
    table = price_matrix(["A"], {"A": read_candles(frame)}, pd.Timedelta("1h"))
    assert table.at(hours(5)) is None
    assert table.at(hours(8)) is not None


@pytest.mark.parametrize("timeframe", ["1m", "5m", "4h", "1d"])
def test_any_timeframe_from_a_minute_to_a_day(tmp_path: Path, timeframe: str) -> None:
    pandas_name = timeframe.replace("m", "min")
    candles = {
        "A/USDT": make_candles(steps((10, 1), (30, 1.5)), timeframe=pandas_name),
        "B/USDT": make_candles(steps((40, 1)), timeframe=pandas_name),
    }
    datadir = write_candles(tmp_path / "data", timeframe, candles)
    policy = {"targets": "equal", "threshold": 0.05}
    found = backtest(
        tmp_path, make_config(list(candles), policy, fee=0.0, timeframe=timeframe), datadir
    )
    assert list(dict.fromkeys(found.trades.tag)) == ["r0 initial", "r1 threshold A +10.0pp"]
    assert found.complaints == []
