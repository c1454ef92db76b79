"""Results of simulations, kept from one call to the next."""

from __future__ import annotations

import os
import zipfile
import zlib
from hashlib import sha256
from pathlib import Path

import numpy as np

import rebalancing
from rebalancing.explore.outcome import Arrays

MOST = 20
"""Results that are kept; the oldest ones go."""

DRIVERS = ("cli", "launch", "report", "freqtrade_side", "events")
"""Rooms of the package that no simulation depends on."""


class KeptResults:
    """Arrays in a folder, a file for each key, without pickle.

    Parameters
    ----------
    folder : Path
        Made when the first result is saved.

    Attributes
    ----------
    remark : str
        Why nothing could be kept, one line; empty otherwise.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sources = sources()
        self.remark = ""

    def load(self, key: str) -> Arrays | None:
        """Return what was saved under a key; None if nothing is there, or it is damaged."""
        file = self._file(key)
        try:
            with file.open("rb") as stream, np.load(stream, allow_pickle=False) as found:
                arrays = {name: found[name] for name in found.files}
            os.utime(file)
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error):
            return None
        return arrays

    def save(self, key: str, arrays: Arrays) -> None:
        """Keep arrays under a key, if there is room."""
        file = self._file(key)
        part = file.with_suffix(f".{os.getpid()}.part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with part.open("wb") as stream:
                np.savez(stream, allow_pickle=False, **dict(arrays))
            part.replace(file)
            self._forget_oldest()
        except OSError as error:
            self.remark = f"{self._folder}: the result is not kept there ({error.strerror})"
            if part.parent.is_dir():
                part.unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self._folder / f"{sha256((self._sources + key).encode()).hexdigest()[:32]}.npz"

    def _forget_oldest(self) -> None:
        kept = sorted(self._folder.glob("*.npz"), key=_used_at)
        for file in kept[:-MOST]:
            file.unlink(missing_ok=True)


def _used_at(file: Path) -> float:
    """Return when a file was used last; 0 for one that another process has removed."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def sources() -> str:
    """Return a text that differs where the code of a simulation does."""
    found, root = sha256(), Path(rebalancing.__file__).parent
    for file in sorted(root.rglob("*.py")):
        if file.relative_to(root).parts[0] not in DRIVERS:
            found.update(file.read_bytes())
    return found.hexdigest()
