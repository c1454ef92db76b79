"""The compiled kernel makes the same to the last bit, on drawn cases and on real candles.

All that needs it is in this file: a process compiles it once.
"""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from rebalancing.config.settings import read_settings
from rebalancing.explore.following import Kernel
from rebalancing.explore.translate import (
    candles_of,
    log_of,
    memory_of,
    place,
    terms_of,
)
from rebalancing.freqtrade_side.backtest.candles import read_candles
from rebalancing.market.markets import Markets
from rebalancing.market.prices import PriceMatrix
from rebalancing.policy.policy import Policy
from tests.support.builders import PROJECT
from tests.support.kept_kernels import ended
from tests.support.kernel_cases import (
    ROOM,
    Compiled,
    Found,
    cases,
    measured,
    measured_by_hand,
    read,
    simulated,
    walked,
)
from tests.support.patience import PATIENCE


def walked_compiled(
    compiled: Compiled, policy: Policy, prices: PriceMatrix, markets: Markets, cash: float
) -> Found:
    candles, log = candles_of(prices), log_of(ROOM)
    memory = memory_of(markets, candles)
    place(policy, memory.desk)
    compiled(candles, terms_of(policy, markets, cash), *memory, log)
    return read(policy, prices, log, memory.marks.tolist(), memory.desk)


@settings(max_examples=25)
@given(case=cases())
def test_compiled_it_makes_the_same_to_the_last_bit(
    compiled: Compiled, case: tuple[Policy, PriceMatrix, Markets, float]
) -> None:
    assert walked_compiled(compiled, *case) == walked(*case)


@settings(max_examples=15)
@given(case=cases())
def test_compiled_it_measures_the_same(
    compiled: Compiled, case: tuple[Policy, PriceMatrix, Markets, float]
) -> None:
    wanted = pytest.approx(measured_by_hand(*case), rel=1e-9, abs=1e-9)
    assert measured(compiled, *case) == wanted


RECORDED = PROJECT.parent / "shared" / "parity" / "policies.json"
SHORT = ("all-and", "relative-edge-or", "fewest-map", "collapse", "crash-detail")


# A user does not have these candles; drawn cases hold the same everywhere.
@pytest.mark.skipif(not RECORDED.is_file(), reason="recorded policies are not on this machine")
@pytest.mark.parametrize("name", SHORT)
def test_on_real_candles_it_makes_the_orders_of_a_simulation(name: str, compiled: Compiled) -> None:
    case = recorded(name)
    wanted = simulated(*case)
    assert len(wanted[0]) > 10
    assert walked(*case) == wanted
    assert walked_compiled(compiled, *case) == wanted


def recorded(name: str) -> tuple[Policy, PriceMatrix, Markets, float]:
    told = json.loads(RECORDED.read_text())[name]
    found, _ = read_settings(told["rebalance"])
    targets = told["rebalance"]["targets"]
    assets = tuple(told["assets"] if targets == "equal" else [a for a in targets if a != "USDT"])
    folder, frame = RECORDED.parents[1] / "data" / told["data"], told["timeframe"]
    candles = {}
    for asset in assets:
        rows = pd.read_feather(folder / f"{asset}_USDT-{frame}.feather")
        if told["timerange"]:
            begin, end = (pd.Timestamp(day, tz="UTC") for day in told["timerange"].split("-"))
            rows = rows[(rows.date >= begin) & (rows.date <= end)].reset_index(drop=True)
        candles[asset] = read_candles(rows)
    prices = PriceMatrix(assets, candles, timedelta(pd.Timedelta(frame) / pd.Timedelta(days=1)))
    ones = np.ones(len(assets))
    markets = Markets(ones * 1e-5, ones * 5, ones * 1e-5, 0.001, 1.1, 1.1, 1.28, ones * np.inf)
    return Policy(found, assets, "USDT"), prices, markets, told.get("wallet", 10_000.0)


ONCE_MORE = """
import sys
from rebalancing.explore.compiled import kernel_of
from tests.support.kept_kernels import ended
kernel = kernel_of(sys.argv[1])
print(ended(kernel), sum(kernel.walk.stats.cache_misses.values()))
"""


def test_another_process_compiles_nothing(cache: Path, kernel: Kernel) -> None:
    wanted = ended(kernel)
    words = [sys.executable, "-c", ONCE_MORE, str(cache)]
    paths = f"{PROJECT}:{PROJECT / 'strategies'}"
    run = subprocess.run(
        words, env={"PYTHONPATH": paths}, capture_output=True, text=True, timeout=PATIENCE
    )
    assert (run.stdout.strip(), run.stderr) == (f"{wanted} 0", "")
