"""The traps in which orders fall, each sprung through the real Backtesting."""

from pathlib import Path

import numpy as np
import pytest
from freqtrade.persistence import LocalTrade

from rebalancing.freqtrade_side.backtest import run as backtest_module
from rebalancing.version import __version__
from tests.support.builders import make_candles, write_candles
from tests.support.made_backtests import backtest_of, hours, steps


def test_holdings_count_at_market_not_at_cost(tmp_path: Path) -> None:
    """With both coins doubled there is nothing to do."""
    found = backtest_of(
        tmp_path, {"A": steps((5, 1), (60, 2)), "B": steps((5, 1), (60, 2))}, period="24h"
    )
    assert set(found.trades.tag) == {"r0 initial"}


def test_a_cash_weight_is_held_although_everything_has_tripled(tmp_path: Path) -> None:
    """freqtrade's own ratio would count the reserve at cost."""
    path = steps((5, 1), (60, 3))
    targets = {"A": 0.4, "B": 0.4, "USDT": 0.2}
    found = backtest_of(tmp_path, {"A": path, "B": path}, period="24h", targets=targets)
    last = found.wallet[found.wallet.date == hours(26)].set_index("currency").total_quote
    assert np.allclose(last / last.sum(), [0.2, 0.4, 0.4], atol=1e-3)


def test_the_minimum_holds_for_sells_too(tmp_path: Path) -> None:
    """A backtest would fill a sell of 4 USDT that an exchange refuses."""
    found = backtest_of(
        tmp_path,
        {"A": steps((5, 1), (60, 1.08)), "B": steps((70, 1))},
        overrides={"dry_run_wallet": 200},
        period="24h",
    )
    assert set(found.trades.tag) == {"r0 initial"}  # 4 USDT each way


def test_a_small_trade_is_left_out_and_the_others_are_made(tmp_path: Path) -> None:
    """Neither dropped with the round nor raised to the minimum."""
    closes = {
        "A": steps((5, 1), (40, 1.2)),
        "B": steps((45, 1)),
        "C": steps((5, 1), (40, 1.05)),
    }
    found = backtest_of(tmp_path, closes, overrides={"dry_run_wallet": 300}, period="24h")
    traded = found.trades[found.trades.tag == "r1 period"]
    assert set(traded.pair) == {"A/USDT", "B/USDT"}
    assert (traded.notional >= 5.5).all()


def test_fees_not_yet_booked_are_not_spent_twice(tmp_path: Path) -> None:
    """The wallet shows 1 % more cash than there is."""
    path = [round(100 * (1 + 0.2 * np.sin(hour / 9)), 2) for hour in range(200)]
    other = [round(100 * (1 - 0.2 * np.sin(hour / 9)), 2) for hour in range(200)]
    found = backtest_of(tmp_path, {"A": path, "B": other}, overrides={"fee": 0.01}, threshold=0.03)
    sign = np.where(found.trades.side == "buy", -1, 1)
    cash = 1000 + (sign * found.trades.notional - 0.01 * found.trades.notional).cumsum()
    # Within one round the sells come first, whatever their place in the export.
    assert cash.groupby(found.trades.tag.to_numpy(), sort=False).last().min() > -1e-6
    assert found.trades.tag.nunique() > 5


@pytest.mark.parametrize("coins", ["AB", "BA"])
def test_sells_come_before_buys_whatever_the_order_of_pairs(tmp_path: Path, coins: str) -> None:
    """The round is complete at one open."""
    closes = {"A": steps((5, 1), (40, 2)), "B": steps((45, 1))}
    found = backtest_of(tmp_path, {coin: closes[coin] for coin in coins}, threshold=0.05)
    traded = found.trades[found.trades.tag != "r0 initial"]
    assert list(traded.time.unique()) == [hours(5)]
    assert sorted(traded.side) == ["buy", "sell"]


def test_freqtrade_still_takes_the_order_of_pairs_from_the_list_we_sort() -> None:
    """Guards the assumption itself."""
    assert LocalTrade.get_trades_proxy(is_open=True) is LocalTrade.bt_trades_open
    assert "bt_trades_open" in Path(
        __import__("freqtrade.optimize.backtesting", fromlist=["x"]).__file__
    ).read_text(encoding="utf-8")


def test_with_another_list_the_round_completes_a_candle_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If freqtrade ever hands out a copy."""
    original = backtest_module.open_trades  # type: ignore[attr-defined]
    monkeypatch.setattr(backtest_module, "open_trades", lambda: list(original()))
    found = backtest_of(
        tmp_path, {"B": steps((45, 1)), "A": steps((5, 1), (40, 2))}, threshold=0.05
    )
    traded = found.trades[found.trades.tag != "r0 initial"]
    assert list(zip(traded.side, traded.time, strict=True)) == [
        ("sell", hours(5)),
        ("buy", hours(6)),
    ]
    assert traded.tag.nunique() == 1
    assert np.allclose(traded.notional, 250)
    assert found.complaints == []


def test_detail_candles_do_not_repeat_an_order(tmp_path: Path) -> None:
    """The callback comes again for each of them."""
    fine = {
        coin: np.repeat(path, 12)
        for coin, path in {"A": steps((5, 1), (40, 2)), "B": steps((45, 1))}.items()
    }
    datadir = tmp_path / "data"
    for coin, closes in fine.items():
        frame = make_candles(list(closes), timeframe="5min")
        write_candles(datadir, "5m", {f"{coin}/USDT": frame})
    found = backtest_of(
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
    """freqtrade copies every trade for each call."""
    found = backtest_of(tmp_path, {"A": steps((45, 1)), "B": steps((45, 1))}, period="24h")
    assert found.strategy.position_adjustment_enable is False


def test_too_small_a_portfolio_does_not_sell_itself_into_cash(tmp_path: Path) -> None:
    """Ten assets and 100 USDT: what one has gained is too little to buy any of the others."""
    closes = {f"C{i}": steps((120, 1)) for i in range(9)}
    riser = [round(1 + 0.02 * hour, 2) for hour in range(120)]
    found = backtest_of(
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
    """The archive holds the strategy file, not the package."""
    found = backtest_of(tmp_path, {"A": steps((30, 1)), "B": steps((30, 1))}, period="24h")
    assert found.strategy.version() == __version__


def test_the_investment_is_all_that_is_used(tmp_path: Path) -> None:
    found = backtest_of(
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


def test_fifty_assets(tmp_path: Path) -> None:
    coins = [f"C{number}" for number in range(50)]
    closes = {
        coin: steps((5, 1), (25, round(1 + index / 50, 2))) for index, coin in enumerate(coins)
    }
    found = backtest_of(tmp_path, closes, period="24h", overrides={"dry_run_wallet": 10000})
    assert found.trades[found.trades.tag == "r0 initial"].pair.nunique() == 50
    assert found.trades[found.trades.tag == "r1 period"].time.nunique() == 1
    assert found.complaints == []


def test_rounds_are_marked_on_the_chart(tmp_path: Path) -> None:
    found = backtest_of(tmp_path, {"A": steps((5, 1), (60, 2)), "B": steps((65, 1))}, period="24h")
    frame = make_candles(steps((65, 1)))
    marks = found.strategy.ft_plot_annotations("A/USDT", frame)
    # Around the beginning of a candle, where FreqUI draws it.
    assert [(mark["label"], mark["start"], mark["end"]) for mark in marks] == [
        ("r0 initial", hours(-0.5), hours(0.5)),
        ("r1 period", hours(23.5), hours(24.5)),
    ]
