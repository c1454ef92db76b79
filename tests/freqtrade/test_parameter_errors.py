"""Hyperopt's spaces and parameter files that would sell behind the policy's back."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from freqtrade.enums import RunMode
from freqtrade.exceptions import OperationalException

from tests.support.builders import PROJECT, make_candles, make_config, write_candles
from tests.support.configuration_problems import BEHIND, EQUAL, PAIRS, problems
from tests.support.freqtrade_runs import backtest


@pytest.mark.parametrize("space", ["default", "all", "stoploss", "roi"])
def test_hyperopt_spaces_that_would_sell_are_refused(tmp_path: Path, space: str) -> None:
    loss = ("--hyperopt-loss", "OnlyProfitHyperOptLoss", "--spaces", space)
    found = problems(tmp_path, make_config(PAIRS, EQUAL), RunMode.HYPEROPT, *loss)
    assert found == [f'spaces: "{space}" would optimise stoploss or ROI, use --spaces rebalance']


def copied_strategies(folder: Path, parameters: dict[str, Any]) -> Path:
    """Copy the strategies and put a parameter file of a hyperopt beside them."""
    place = folder / "strategies"
    shutil.copytree(PROJECT / "strategies", place, ignore=shutil.ignore_patterns("__pycache__"))
    content = {"strategy_name": "SmartRebalance", "params": parameters, "ft_stratparam_v": 1}
    (place / "SmartRebalance.json").write_text(json.dumps(content))
    return place


def test_a_parameter_file_with_a_stoploss_is_refused(tmp_path: Path) -> None:
    place = copied_strategies(tmp_path, {"stoploss": {"stoploss": -0.2}})
    found = problems(tmp_path, make_config(PAIRS, EQUAL, strategy_path=str(place)))
    assert found == [
        f"SmartRebalance.json: stoploss: must be -1 or left out, is -0.2; {BEHIND}; "
        "delete the file or this value"
    ]


def test_a_parameter_file_with_an_invalid_value_is_refused(tmp_path: Path) -> None:
    place = copied_strategies(tmp_path, {"rebalance": {"threshold": 3}})
    candles = {pair: make_candles([1.0] * 30) for pair in PAIRS}
    config = make_config(PAIRS, {"targets": "equal", "threshold": 0.05}, strategy_path=str(place))
    with pytest.raises(OperationalException, match=r"^SmartRebalance.json .*rebalance.threshold"):
        backtest(tmp_path, config, write_candles(tmp_path / "data", "1h", candles))
