"""Configuration files read as freqtrade reads them, in a tenth of the time and with places named.

freqtrade's own reader imports pandas and every exchange first, which costs seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import rapidjson
from freqtrade.constants import ENV_VAR_PREFIX
from freqtrade.exceptions import OperationalException

DEEPEST = 5
"""How far files may name further files (``add_config_files``), as freqtrade has it."""

_DIALECT = rapidjson.PM_COMMENTS | rapidjson.PM_TRAILING_COMMAS
_TEXTS = ("CHAT_ID", "PASSWORD")
_CCXT = ("ccxt_config", "ccxt_sync_config", "ccxt_async_config")


def read_files(files: Sequence[str], environment: Mapping[str, str]) -> dict[str, Any]:
    """Merge configuration files, later ones first, and the environment over them.

    Parameters
    ----------
    files : sequence of str
        As given to ``--config``.
    environment : mapping of str to str
        Variables; those that begin with ``FREQTRADE__`` count.

    Raises
    ------
    OperationalException
        If a file is missing, is not readable or is not valid: one line with file, line and column.
    """
    return _over(_environment(environment), _read(files, None, 0), "FREQTRADE__ variables")


def _read(files: Sequence[str], folder: Path | None, level: int) -> dict[str, Any]:
    if level > DEEPEST:
        raise OperationalException(f"{files[0]}: the files in add_config_files name each other")
    config: dict[str, Any] = {}
    for name in files:
        file = folder / name if folder else Path(name)
        found = _read_file(file)
        if further := found.get("add_config_files"):
            found = _over(found, _read(further, file.resolve().parent, level + 1), str(file))
        config = _over(found, config, str(file))
    return config


def _read_file(file: Path) -> dict[str, Any]:
    try:
        content = file.read_bytes()
        found = rapidjson.loads(content, parse_mode=_DIALECT)
    except FileNotFoundError:
        raise OperationalException(
            f"{file}: there is no such configuration file; name another one with --config"
        ) from None
    except OSError as error:
        raise OperationalException(f"{file}: not readable: {error.strerror}") from None
    except rapidjson.JSONDecodeError as error:
        raise OperationalException(f"{file}{_place(content, str(error))}") from None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise OperationalException(f"{file}:{line}: not UTF-8 text; save it as UTF-8") from None
    if not isinstance(found, dict):
        raise OperationalException(f"{file}: not a configuration: must be an object, {{...}}")
    return found


def _place(content: bytes, message: str) -> str:
    """Turn "Parse error at offset 57: Missing a comma ..." into line, column and reason."""
    head, _, reason = message.partition(": ")
    offset = int(head.rpartition(" ")[2])
    before = content[:offset].decode("utf-8", "replace")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return f":{line}:{column}: not valid JSON: {reason}"


def _over(source: Mapping[str, Any], target: dict[str, Any], name: str) -> dict[str, Any]:
    try:
        return _merged(source, target)
    except (AttributeError, TypeError):
        raise OperationalException(
            f"{name}: not a configuration that can be merged: an object is expected where there is "
            "a plain value"
        ) from None


def _merged(source: Mapping[str, Any], target: dict[str, Any]) -> dict[str, Any]:
    for key, value in source.items():
        if isinstance(value, dict):
            _merged(value, target.setdefault(key, {}))
        else:
            target[key] = value
    return target


def _environment(variables: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, text in sorted(variables.items()):
        if not name.startswith(ENV_VAR_PREFIX):
            continue
        parts = name.replace(ENV_VAR_PREFIX, "").split("__")
        lower = [part.lower() for part in parts]
        if lower[0] == "exchange" and not set(lower).isdisjoint(_CCXT):
            lower[-1] = parts[-1]
        value: Any = text if parts[-1] in _TEXTS else _typed(text)
        for part in reversed(lower):
            value = {part: value}
        found = _merged(value, found)
    return found


def _typed(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    if text.lower() in ("t", "true", "f", "false"):
        return text.lower() in ("t", "true")
    try:
        value = rapidjson.loads(text)
    except rapidjson.JSONDecodeError:
        return text
    return value if isinstance(value, list) else text
