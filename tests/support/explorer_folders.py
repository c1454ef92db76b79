"""A folder in which `rebalance explore` has all that it needs, without a compiler."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.builders import make_candles, make_config, write_candles


def explorer_folder(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    hours: int,
    policies: Mapping[str, Sequence[Mapping[str, Any]]],
) -> None:
    """Write a configuration, candles and files of policies, and make the folder the current one.

    numba is hidden: compiling takes longer than what is simulated here.
    """
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.setitem(sys.modules, "numba", None)
    closes = {"A/USDT": [100.0 + hour % 7 for hour in range(hours)], "B/USDT": [5.0] * hours}
    frames = {pair: make_candles(path) for pair, path in closes.items()}
    write_candles(folder / "user_data" / "data" / "binance", "1h", frames)
    config = make_config([*frames], {"targets": "equal", "period": "24h"})
    (folder / "config.json").write_text(json.dumps(config))
    for name, blocks in policies.items():
        (folder / name).write_text(json.dumps(blocks))
