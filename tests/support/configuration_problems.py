"""A configuration as freqtrade loads it, and what the strategy complains of."""

import json
from pathlib import Path
from typing import Any

from freqtrade.commands import Arguments
from freqtrade.commands.optimize_commands import setup_optimize_configuration
from freqtrade.enums import RunMode
from freqtrade.exceptions import OperationalException
from freqtrade.resolvers import StrategyResolver

PAIRS = ["BTC/USDT", "ETH/USDT"]
EQUAL = {"targets": "equal", "period": "24h"}
BEHIND = "it would sell behind the policy's back"


def problems(
    folder: Path, config: dict[str, Any], mode: RunMode = RunMode.BACKTEST, *more: str
) -> list[str]:
    """Load the strategy as freqtrade does and return its complaints, a line each."""
    (folder / "user_data").mkdir()
    file = folder / "config.json"
    file.write_text(json.dumps(config))
    words = [str(mode).replace("backtest", "backtesting"), "--config", str(file)]
    words += ["--userdir", str(folder / "user_data"), *more]
    settings = setup_optimize_configuration(Arguments(words).get_parsed_arg(), mode)
    try:
        StrategyResolver.load_strategy(settings)
    except OperationalException as error:
        return str(error).splitlines()
    return []
