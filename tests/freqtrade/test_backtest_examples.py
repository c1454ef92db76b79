"""The specification's worked examples, through freqtrade's real Backtesting on made candles.

The first candle gives the first price, the allocation is bought one candle later, and every
round trades at the open of the candle after the close that asked for it.
"""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.support.builders import make_candles, make_config, write_candles
from tests.support.freqtrade_runs import Outcome, backtest

BTC, ETH = "BTC/USDT", "ETH/USDT"
START = pd.Timestamp("2024-01-01 01:00", tz="UTC")


def run(folder: Path, btc: list[float], eth: list[float], wallet: float, **policy: Any) -> Outcome:
    candles = {BTC: make_candles(btc), ETH: make_candles(eth)}
    datadir = write_candles(folder / "data", "1h", candles)
    config = make_config([BTC, ETH], {"targets": "equal", **policy}, fee=0.0, dry_run_wallet=wallet)
    found = backtest(folder, config, datadir)
    assert found.complaints == []
    return found


def rounds(found: Outcome) -> list[tuple[int, str, float, float]]:
    """Hour after the allocation, tag, and signed notionals of BTC and ETH, to the cent."""
    rows = []
    trades = found.trades.assign(
        signed=found.trades.notional.where(found.trades.side == "buy", -found.trades.notional)
    )
    for (time, tag), orders in trades.groupby(["time", "tag"], sort=True):
        by_pair = orders.groupby("pair").signed.sum()
        hour = round((time - START) / pd.Timedelta("1h"))
        rows.append((hour, tag, *(round(by_pair.get(pair, 0.0), 2) for pair in (BTC, ETH))))
    return rows


def after(hours: int, price: float, then: float, length: int = 60) -> list[float]:
    """Closes that change once, so that the change is known `hours` after the allocation."""
    return [price] * hours + [then] * (length - hours)


def test_example_1_part_of_what_rose_more_is_sold(tmp_path: Path) -> None:
    found = run(tmp_path, after(10, 50, 60), after(10, 50, 80), 100, period="24h")
    assert rounds(found)[:2] == [
        (0, "r0 initial", 50.0, 50.0),
        (24, "r1 period", 10.0, -10.0),
    ]
    assert round(found.stats["final_balance"], 2) == 140.0


def test_example_2_what_fell_more_is_bought(tmp_path: Path) -> None:
    found = run(tmp_path, after(10, 150, 130), after(10, 150, 110), 300, period="24h")
    assert rounds(found)[1] == (24, "r1 period", -10.0, 10.0)
    assert round(found.stats["final_balance"], 2) == 240.0


def test_example_3_the_period_brings_520_and_480_back_to_500(tmp_path: Path) -> None:
    found = run(tmp_path, after(5, 100, 104), after(5, 100, 96), 1000, period="24h")
    assert rounds(found)[1] == (24, "r1 period", -20.0, 20.0)


@pytest.mark.parametrize(
    ("btc", "eth", "fires"),
    [
        pytest.param(106.0, 94.0, True, id="53 % and 47 % fire"),
        pytest.param(105.98, 94.02, False, id="52.99 % and 47.01 % do not"),
    ],
)
def test_example_4_the_threshold_fires_at_3_points(
    tmp_path: Path, btc: float, eth: float, fires: bool
) -> None:
    found = run(tmp_path, after(7, 100, btc), after(7, 100, eth), 1000, threshold=0.03)
    expected = [(7, "r1 threshold BTC +3.0pp", -30.0, 30.0)] if fires else []
    assert rounds(found)[1:] == expected


# Weights of BTC: 55 % from hour 6, 52 % from hour 20, 56 % from hour 30.
BTC_PATH = [100.0] * 6 + [110.0] * 14 + [104.0] * 10 + [112.0] * 50
ETH_PATH = [100.0] * 6 + [90.0] * 14 + [96.0] * 10 + [88.0] * 50


def test_example_5_and_waits_for_a_boundary_with_the_threshold_reached(tmp_path: Path) -> None:
    found = run(tmp_path, BTC_PATH, ETH_PATH, 1000, period="24h", threshold=0.03)
    assert rounds(found)[1:] == [(48, "r1 period+threshold BTC +6.0pp", -60.0, 60.0)]


def test_example_5_or_fires_at_once_and_at_every_boundary(tmp_path: Path) -> None:
    found = run(tmp_path, BTC_PATH, ETH_PATH, 1000, period="24h", threshold=0.03, combine="or")
    # Hours 24 and 48 are boundaries too; the weights are at target there, nothing is to trade.
    # Two assets drift alike, either may be named.
    assert [(hour, tag.split()[1], tag[-5:-2]) for hour, tag, *_ in rounds(found)[1:]] == [
        (6, "threshold", "5.0"),
        (20, "threshold", "3.0"),
        (30, "threshold", "4.0"),
    ]


def test_example_6_three_doublings_sell_what_was_asked(tmp_path: Path) -> None:
    """FREQTRADE.md 1: a seller who takes freqtrade's stake for a value sells twice too much."""
    eth = [100.0] * 5 + [200.0] * 5 + [400.0] * 5 + [800.0] * 10
    found = run(tmp_path, [100.0] * 25, eth, 1000, threshold=0.05)
    sold = [(hour, eth_traded) for hour, _, _, eth_traded in rounds(found)[1:]]
    assert sold == [(5, -250.0), (10, -375.0), (15, -562.5)]
    for _, orders in found.trades[found.trades.tag != "r0 initial"].groupby("tag"):
        assert abs(orders.notional.iloc[0] - orders.notional.iloc[1]) < 0.01
