"""The traps that freqtrade sets for a rebalancer, each sprung through its real Backtesting."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from freqtrade.persistence import LocalTrade

from rebalancing.freqtrade_side.backtest import run as backtest_module
from rebalancing.freqtrade_side.backtest.candles import price_matrix, read_candles
from rebalancing.freqtrade_side.history.result import read_records
from rebalancing.performance.summary import summarise
from rebalancing.version import __version__
from tests.support.builders import make_candles, make_config, write_candles
from tests.support.freqtrade_runs import Outcome, backtest

START = pd.Timestamp("2024-01-01 01:00", tz="UTC")


def hours(count: float) -> pd.Timestamp:
    return START + pd.Timedelta(hours=count)


def run(
    folder: Path,
    closes: dict[str, Any],
    *arguments: str,
    overrides: dict[str, Any] | None = None,
    **policy: Any,
) -> Outcome:
    """Backtest made candles: closes by coin, or whole frames."""
    candles = {
        f"{coin}/USDT": path if isinstance(path, pd.DataFrame) else make_candles(path)
        for coin, path in closes.items()
    }
    datadir = write_candles(folder / "data", "1h", candles)
    policy.setdefault("targets", "equal")
    config = make_config(list(candles), policy, **{"fee": 0.0, **(overrides or {})})
    return backtest(folder, config, datadir, *arguments)


def steps(*parts: tuple[int, float]) -> list[float]:
    """Closes that stay for some hours each."""
    return [price for count, price in parts for _ in range(count)]


def test_holdings_count_at_market_not_at_cost(tmp_path: Path) -> None:
    """Facts 2 and 6: with both coins doubled there is nothing to do."""
    found = run(tmp_path, {"A": steps((5, 1), (60, 2)), "B": steps((5, 1), (60, 2))}, period="24h")
    assert set(found.trades.tag) == {"r0 initial"}


def test_a_cash_weight_is_held_although_everything_has_tripled(tmp_path: Path) -> None:
    """Fact 6: freqtrade's own ratio would count the reserve at cost."""
    path = steps((5, 1), (60, 3))
    targets = {"A": 0.4, "B": 0.4, "USDT": 0.2}
    found = run(tmp_path, {"A": path, "B": path}, period="24h", targets=targets)
    last = found.wallet[found.wallet.date == hours(26)].set_index("currency").total_quote
    assert np.allclose(last / last.sum(), [0.2, 0.4, 0.4], atol=1e-3)


def test_the_minimum_holds_for_sells_too(tmp_path: Path) -> None:
    """Fact 4: a backtest would fill a sell of 4 USDT that an exchange refuses."""
    found = run(
        tmp_path,
        {"A": steps((5, 1), (60, 1.08)), "B": steps((70, 1))},
        overrides={"dry_run_wallet": 200},
        period="24h",
    )
    assert set(found.trades.tag) == {"r0 initial"}  # 4 USDT each way


def test_a_small_trade_is_left_out_and_the_others_are_made(tmp_path: Path) -> None:
    """Facts 3 and 4: neither dropped with the round nor raised to the minimum."""
    closes = {
        "A": steps((5, 1), (40, 1.2)),
        "B": steps((45, 1)),
        "C": steps((5, 1), (40, 1.05)),
    }
    found = run(tmp_path, closes, overrides={"dry_run_wallet": 300}, period="24h")
    traded = found.trades[found.trades.tag == "r1 period"]
    assert set(traded.pair) == {"A/USDT", "B/USDT"}
    assert (traded.notional >= 5.5).all()


def test_fees_not_yet_booked_are_not_spent_twice(tmp_path: Path) -> None:
    """Facts 7 and 45: the wallet shows 1 % more cash than there is."""
    path = [round(100 * (1 + 0.2 * np.sin(hour / 9)), 2) for hour in range(200)]
    other = [round(100 * (1 - 0.2 * np.sin(hour / 9)), 2) for hour in range(200)]
    found = run(tmp_path, {"A": path, "B": other}, overrides={"fee": 0.01}, threshold=0.03)
    sign = np.where(found.trades.side == "buy", -1, 1)
    cash = 1000 + (sign * found.trades.notional - 0.01 * found.trades.notional).cumsum()
    # Within one round the sells come first, whatever their place in the export.
    assert cash.groupby(found.trades.tag.to_numpy(), sort=False).last().min() > -1e-6
    assert found.trades.tag.nunique() > 5


@pytest.mark.parametrize("coins", ["AB", "BA"])
def test_sells_come_before_buys_whatever_the_order_of_pairs(tmp_path: Path, coins: str) -> None:
    """Facts 13 and 41: the round is complete at one open."""
    closes = {"A": steps((5, 1), (40, 2)), "B": steps((45, 1))}
    found = run(tmp_path, {coin: closes[coin] for coin in coins}, threshold=0.05)
    traded = found.trades[found.trades.tag != "r0 initial"]
    assert list(traded.time.unique()) == [hours(5)]
    assert sorted(traded.side) == ["buy", "sell"]


def test_freqtrade_still_takes_the_order_of_pairs_from_the_list_we_sort() -> None:
    """Fact 41: guards the assumption itself."""
    assert LocalTrade.get_trades_proxy(is_open=True) is LocalTrade.bt_trades_open
    assert "bt_trades_open" in Path(
        __import__("freqtrade.optimize.backtesting", fromlist=["x"]).__file__
    ).read_text(encoding="utf-8")


def test_with_another_list_the_round_completes_a_candle_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fact 41: if freqtrade ever hands out a copy."""
    original = backtest_module.open_trades  # type: ignore[attr-defined]
    monkeypatch.setattr(backtest_module, "open_trades", lambda: list(original()))
    found = run(tmp_path, {"B": steps((45, 1)), "A": steps((5, 1), (40, 2))}, threshold=0.05)
    traded = found.trades[found.trades.tag != "r0 initial"]
    assert list(zip(traded.side, traded.time, strict=True)) == [
        ("sell", hours(5)),
        ("buy", hours(6)),
    ]
    assert traded.tag.nunique() == 1
    assert np.allclose(traded.notional, 250)
    assert found.complaints == []


def test_detail_candles_do_not_repeat_an_order(tmp_path: Path) -> None:
    """Facts 14, 17 and 48: the callback comes again for each of them."""
    fine = {
        coin: np.repeat(path, 12)
        for coin, path in {"A": steps((5, 1), (40, 2)), "B": steps((45, 1))}.items()
    }
    datadir = tmp_path / "data"
    for coin, closes in fine.items():
        frame = make_candles(list(closes), timeframe="5min")
        write_candles(datadir, "5m", {f"{coin}/USDT": frame})
    found = run(
        tmp_path,
        {"A": steps((5, 1), (40, 2)), "B": steps((45, 1))},
        "--timeframe-detail",
        "5m",
        threshold=0.05,
    )
    assert not found.trades.duplicated(["pair", "tag"]).any()
    assert found.trades.tag.nunique() == 2
    assert found.complaints == []


def test_position_adjustment_is_off_between_rounds(tmp_path: Path) -> None:
    """Fact 25: freqtrade copies every trade for each call."""
    found = run(tmp_path, {"A": steps((45, 1)), "B": steps((45, 1))}, period="24h")
    assert found.strategy.position_adjustment_enable is False


def test_a_coin_listed_later_joins_when_it_appears(tmp_path: Path) -> None:
    """Fact 22: before its first candle a pair has no row."""
    late = make_candles(steps((30, 1)), start="2024-01-02 06:00")
    found = run(tmp_path, {"A": steps((60, 1)), "B": steps((60, 1)), "C": late}, period="7d")
    assert list(dict.fromkeys(found.trades.tag)) == ["r0 initial", "r1 new asset C"]
    joined = found.trades[found.trades.tag == "r1 new asset C"]
    assert joined.time.unique() == [pd.Timestamp("2024-01-02 07:00", tz="UTC")]
    assert np.allclose(
        joined.groupby("pair").notional.sum(), [500 / 3, 500 / 3, 1000 / 3], atol=0.01
    )
    assert found.complaints == []


def test_an_asset_whose_candles_end_is_left_out_without_churn(tmp_path: Path) -> None:
    """Fact 46: freqtrade goes on counting it."""
    found = run(
        tmp_path,
        {"A": steps((100, 1)), "B": steps((100, 1)), "C": steps((20, 1), (10, 0.01))},
        period="24h",
        threshold=0.03,
    )
    assert found.trades[found.trades.time > hours(30)].empty
    assert found.complaints == []


def with_gap(frame: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    return frame.drop(index=range(first, last)).reset_index(drop=True)


def test_a_symbol_that_returns_as_another_coin_stays_out(tmp_path: Path) -> None:
    """Fact 47: freqtrade fills the gap with flat candles at the last price."""
    ghost = with_gap(make_candles(steps((40, 1), (80, 20000))), 30, 60)
    found = run(tmp_path, {"A": steps((120, 1)), "B": steps((120, 1)), "C": ghost}, threshold=0.05)
    assert found.trades[found.trades.time > hours(30)].empty
    assert len(found.complaints) == 1
    assert "another coin" in found.complaints[0]
    (record,) = read_records(found.result, tmp_path / "data").values()
    assert summarise(record.history).nav == pytest.approx(1000, abs=1)
    assert summarise(record.history).premium == pytest.approx(0, abs=1)


def test_a_halted_asset_is_not_traded_and_merely_counts_again(tmp_path: Path) -> None:
    closes = {"A": steps((5, 1), (80, 1.3)), "B": steps((85, 1))}
    halted = with_gap(make_candles(steps((85, 1))), 20, 40)
    found = run(tmp_path, {**closes, "C": halted}, period="24h")
    during = found.trades[found.trades.tag == "r1 period"]
    assert set(during.pair) == {"A/USDT", "B/USDT"}
    assert set(found.trades[found.trades.time >= hours(40)].tag) == {"r2 period"}
    assert found.complaints == []


def test_a_boundary_in_an_outage_is_served_after_it(tmp_path: Path) -> None:
    frames = {
        "A": with_gap(make_candles(steps((5, 1), (80, 1.3))), 22, 30),
        "B": with_gap(make_candles(steps((85, 1))), 22, 30),
    }
    found = run(tmp_path, frames, period="24h")
    traded = found.trades[found.trades.tag == "r1 period"]
    assert list(traded.time.unique()) == [hours(30)]  # one real candle after the gap
    assert found.complaints == []


def test_the_grid_is_not_shifted_by_an_outage(tmp_path: Path) -> None:
    moving = [1 + 0.1 * (hour % 7) for hour in range(120)]
    frames = {
        "A": with_gap(make_candles(moving), 22, 30),
        "B": with_gap(make_candles(steps((120, 1))), 22, 30),
    }
    found = run(tmp_path, frames, period="24h")
    starts = list(found.trades[found.trades.tag != "r0 initial"].time.unique())
    assert starts[1:] == [hours(48), hours(72), hours(96)]


def test_a_coin_below_the_tick_of_its_opening_is_sold_at_its_price(tmp_path: Path) -> None:
    """Fact 43: freqtrade takes the tick of the month of the opening, 0.01 here, and would sell
    what is worth 0.0087 a month later at 0.01."""
    start = "2024-01-31 04:00"
    fallen = make_candles(steps((20, 50.25), (30, 0.004), (60, 0.0087)), start)
    other = make_candles(steps((110, 1.5)), start)
    targets = {"A": 0.1, "B": 0.9}
    found = run(tmp_path, {"A": fallen, "B": other}, threshold=0.08, targets=targets)
    sold = found.orders[(found.orders.pair == "A/USDT") & (found.orders.side == "sell")]
    assert set(sold.price) == {0.0087}
    assert found.complaints == []


def test_candles_with_more_digits_than_a_tick_fill_all_the_same(tmp_path: Path) -> None:
    """Fact 43: an open that is the candle's own high or low is missed by rounding it."""
    path = [np.exp(0.3 * np.sin(hour / 5)) / 33333 for hour in range(200)]
    other = [np.exp(0.3 * np.cos(hour / 7)) / 77 for hour in range(200)]
    found = run(tmp_path, {"A": path, "B": other}, threshold=0.05)
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
        runs.append(run(tmp_path / name, {**moving, "C": flat}, threshold=0.05).trades)
    silent, busy = (trades[trades.time <= hours(58)].reset_index(drop=True) for trades in runs)
    assert silent.tag.nunique() > 2
    pd.testing.assert_frame_equal(silent, busy)


def test_a_price_of_nothing_is_no_price() -> None:
    frame = make_candles(steps((5, 2), (3, 1), (5, 2)))
    frame.loc[5:7, ["open", "high", "low", "close"]] = 0.0
    table = price_matrix(["A"], {"A": read_candles(frame)}, pd.Timedelta("1h"))
    assert table.at(hours(5)) is None
    assert table.at(hours(8)) is not None


def test_too_small_a_portfolio_does_not_sell_itself_into_cash(tmp_path: Path) -> None:
    """Ten assets and 100 USDT: what one has gained is too little to buy any of the others."""
    closes = {f"C{i}": steps((120, 1)) for i in range(9)}
    riser = [round(1 + 0.02 * hour, 2) for hour in range(120)]
    found = run(
        tmp_path,
        {"UP": riser, **closes},
        overrides={"dry_run_wallet": 100},
        period="24h",
        threshold=0.03,
    )
    cash = found.wallet[found.wallet.currency == "USDT"].set_index("date").balance
    assert (cash[cash.index > hours(1)] <= 5.5 + 0.01).all()
    assert found.complaints == []


def test_the_strategy_names_the_version_of_the_package(tmp_path: Path) -> None:
    """Fact 37: the archive holds the strategy file, not the package."""
    found = run(tmp_path, {"A": steps((30, 1)), "B": steps((30, 1))}, period="24h")
    assert found.strategy.version() == __version__


def test_the_investment_is_all_that_is_used(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        {"A": steps((5, 1), (60, 2)), "B": steps((65, 1))},
        overrides={"dry_run_wallet": 5000},
        period="24h",
        investment=1000,
    )
    first = found.trades[found.trades.tag == "r0 initial"]
    assert first.notional.sum() == pytest.approx(1000, abs=0.01)
    assert found.trades[found.trades.tag == "r1 period"].notional.to_list() == pytest.approx(
        [250, 250], abs=0.01
    )


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


def test_fifty_assets(tmp_path: Path) -> None:
    coins = [f"C{number}" for number in range(50)]
    closes = {
        coin: steps((5, 1), (25, round(1 + index / 50, 2))) for index, coin in enumerate(coins)
    }
    found = run(tmp_path, closes, period="24h", overrides={"dry_run_wallet": 10000})
    assert found.trades[found.trades.tag == "r0 initial"].pair.nunique() == 50
    assert found.trades[found.trades.tag == "r1 period"].time.nunique() == 1
    assert found.complaints == []


def test_rounds_are_marked_on_the_chart(tmp_path: Path) -> None:
    found = run(tmp_path, {"A": steps((5, 1), (60, 2)), "B": steps((65, 1))}, period="24h")
    frame = make_candles(steps((65, 1)))
    marks = found.strategy.ft_plot_annotations("A/USDT", frame)
    # Around the beginning of a candle, where FreqUI draws it.
    assert [(mark["label"], mark["start"], mark["end"]) for mark in marks] == [
        ("r0 initial", hours(-0.5), hours(0.5)),
        ("r1 period", hours(23.5), hours(24.5)),
    ]
