"""Policies and sets of weights that the user gives in files, or weights on the command line."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rebalancing.config.messages import shown
from rebalancing.launch.errors import LaunchError

EQUAL = "equal"


def read_policies(file: Path) -> tuple[object, ...]:
    """Read a JSON list of ``rebalance`` blocks, or a single one, as they are.

    Raises
    ------
    LaunchError
        If the file cannot be read, or holds no list of policies.
    """
    found = _read(file)
    if isinstance(found, dict) and "targets" in found:
        return (found,)
    if not isinstance(found, list) or not found:
        raise LaunchError(f"{file}: must be a list of rebalance blocks, is {shown(found)}")
    return tuple(found)


def read_weights(words: Sequence[str]) -> dict[str, Any]:
    """Read sets of targets by name.

    Parameters
    ----------
    words
        Each a set, ``equal`` or ``BTC=0.6,ETH=0.4``, or a JSON file with a map of sets by name.

    Raises
    ------
    LaunchError
        If a file cannot be read, or a set is not of that form.
    """
    sets: dict[str, Any] = {}
    for word in words:
        sets |= {word: _typed(word)} if word == EQUAL or "=" in word else _of_file(Path(word))
    return sets


def _typed(word: str) -> object:
    if word == EQUAL:
        return word
    targets: dict[str, float] = {}
    for part in word.split(","):
        asset, _, weight = part.partition("=")
        try:
            targets[asset.strip()] = float(weight)
        except ValueError:
            raise LaunchError(
                f'--weights {word}: "{part}" is no weight; write BTC=0.6,ETH=0.4, or name a file'
            ) from None
    return targets


def _of_file(file: Path) -> dict[str, Any]:
    found = _read(file)
    if not isinstance(found, dict) or not found:
        raise LaunchError(
            f'{file}: must be a map of sets of weights, {{"name": {{"BTC": 0.6, ...}}}}, '
            f"is {shown(found)}"
        )
    return found


def _read(file: Path) -> object:
    try:
        return json.loads(file.read_bytes())
    except OSError as error:
        raise LaunchError(f"{file}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise LaunchError(f"{file}: is not JSON: {error}") from None
