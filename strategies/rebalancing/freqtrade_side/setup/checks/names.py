"""Whether the names of exchange, strategy and folders stand for something that is there."""

from __future__ import annotations

import difflib
import importlib.util
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

STRATEGY = "SmartRebalance"


def name_problems(config: Mapping[str, Any]) -> list[str]:
    """Look for the exchange among those of ccxt, and for the strategy in its folders.

    Relative folders are those of the current directory.
    """
    return [*_exchange_problems(config.get("exchange")), *_strategy_problems(config)]


def _exchange_problems(exchange: object) -> Iterator[str]:
    if not isinstance(exchange, Mapping):
        yield 'exchange: missing, write "exchange": {"name": "binance", "pair_whitelist": [...]}'
        return
    name = exchange.get("name")
    if not isinstance(name, str) or not name:
        yield 'exchange.name: missing, write one that freqtrade knows, like "binance"'
        return
    known = _known_exchanges()
    if name.lower() in known:
        return
    near = difflib.get_close_matches(name.lower(), known, n=1)
    remedy = f'did you mean "{near[0]}"?' if near else "`freqtrade list-exchanges` names them"
    yield f'exchange.name: no exchange is called "{name}", {remedy}'


def _known_exchanges() -> set[str]:
    """ccxt has a module for each exchange; to list them takes no second, to import them does."""
    ccxt = importlib.util.find_spec("ccxt")
    folders = (ccxt.submodule_search_locations or []) if ccxt else []
    return {file.stem for folder in folders for file in Path(folder).glob("[!_]*.py")}


def _strategy_problems(config: Mapping[str, Any]) -> Iterator[str]:
    name = str(config.get("strategy") or STRATEGY)
    given = str(config.get("strategy_path") or "")
    if given and not Path(given).is_dir():
        here = Path.cwd()
        yield f'strategy_path: there is no folder "{given}"; it is sought from {here}'
        return
    folders = [Path(str(config.get("user_data_dir") or "user_data")) / "strategies"]
    folders += [Path(given)] if given else []
    pattern = "**/*.py" if config.get("recursive_strategy_search") else "*.py"
    if not any(_defines(folder, pattern, name) for folder in folders):
        places = " and ".join(str(folder) for folder in reversed(folders))
        yield (
            f"strategy: {name} is in no file of {places}; set strategy_path to the folder of "
            f"{name}.py"
        )


def _defines(folder: Path, pattern: str, name: str) -> bool:
    """freqtrade takes the first file of the folder that defines the class."""
    word = re.compile(rf"^class\s+{re.escape(name)}\b", re.MULTILINE)
    files = folder.glob(pattern) if folder.is_dir() else ()
    return any(word.search(file.read_text("utf-8", "replace")) for file in files)
