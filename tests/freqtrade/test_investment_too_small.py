"""An investment of which an asset's share is below the smallest order."""

from pathlib import Path
from typing import Any

import pytest
from freqtrade.exceptions import OperationalException

from tests.support.builders import make_candles, make_config, write_candles
from tests.support.freqtrade_runs import backtest, freqtrade_process


def small(wallet: float, **policy: Any) -> dict[str, Any]:
    policy = {"targets": {"BTC": 0.9, "SOL": 0.1}, "period": "24h", **policy}
    return make_config(["BTC/USDT", "SOL/USDT"], policy, dry_run_wallet=wallet)


def test_an_investment_that_is_too_small_names_what_is_needed(tmp_path: Path) -> None:
    candles = {pair: make_candles([1.0] * 30) for pair in ("BTC/USDT", "SOL/USDT")}
    datadir = write_candles(tmp_path / "data", "1h", candles)
    ended = freqtrade_process(tmp_path, small(30), datadir)
    message = (
        "total investment 30 USDT is too small: SOL's 10 % is 3.00 USDT, the exchange's smallest "
        "order is 5.50 USDT; at least 55 USDT is needed"
    )
    log = " ".join(ended.stderr.split())
    assert message in log
    assert "Traceback" not in log
    assert ended.returncode == 2


def test_the_named_investment_suffices(tmp_path: Path) -> None:
    candles = {pair: make_candles([1.0] * 30) for pair in ("BTC/USDT", "SOL/USDT")}
    datadir = write_candles(tmp_path / "data", "1h", candles)
    found = backtest(tmp_path, small(55), datadir)
    assert found.complaints == []
    assert set(found.trades.pair) == {"BTC/USDT", "SOL/USDT"}


def test_the_users_own_smallest_trade_is_named_as_such(tmp_path: Path) -> None:
    candles = {pair: make_candles([1.0] * 30) for pair in ("BTC/USDT", "SOL/USDT")}
    datadir = write_candles(tmp_path / "data", "1h", candles)
    message = r"smallest trade \(rebalance.min_trade\) is 20.00 USDT .* at least 20[1-3] USDT"
    with pytest.raises(OperationalException, match=message):
        backtest(tmp_path, small(100, min_trade=20), datadir)
