"""The zip file of a backtest result."""

from __future__ import annotations

import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

from freqtrade.data.btanalysis.bt_fileutils import load_file_from_zip
from freqtrade.misc import json_load

LARGEST = 500_000_000
"""Bytes of a member of a result: years of rounds need a hundredth of it, a zip bomb more."""


def check_archive(path: Path) -> None:
    """Refuse what freqtrade would not find, or would read whole, however large.

    Raises
    ------
    ValueError
        If the statistics have another name than the archive, or a member is too large.
    """
    if not path.is_file() or path.suffix != ".zip":
        return
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        size = max((member.file_size for member in archive.infolist()), default=0)
    if f"{path.stem}.json" not in names:
        raise ValueError(f"it holds no {path.stem}.json; a result keeps the name it was given")
    if size > LARGEST:
        raise ValueError(f"it unpacks to {size:,} bytes, more than the {LARGEST:,} allowed")


def read_configuration(path: Path) -> dict[str, Any]:
    """Return freqtrade's configuration of the run."""
    text = load_file_from_zip(path, f"{path.stem}_config.json").decode()
    config: dict[str, Any] = json_load(StringIO(text))
    return config


def read_parameters(path: Path, strategy: str) -> dict[str, Any]:
    """Return the "params" of the parameter file that lay beside the strategy in the run.

    Empty if there was none.
    """
    name = f"{path.stem}_{strategy}.json"
    with zipfile.ZipFile(path) as archive:
        if name not in archive.namelist():
            return {}
    parameters: dict[str, Any] = json_load(StringIO(load_file_from_zip(path, name).decode()))
    return parameters.get("params") or {}
