"""The folder in which compiled code is kept: only what was written there by this user counts."""

import hashlib
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SUMS = "sums.json"
FORGOTTEN = 3600.0
"""Seconds after which a folder that is not finished belongs to a process that has died."""


def cache_folder() -> Path:
    """Return the folder for what may be computed anew, one for each user.

    Compiled code lies there, so it must be no folder that comes with a project.
    """
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "smart-rebalance"


class KeptCode:
    """Where code is compiled into, and found the next time.

    Attributes
    ----------
    place
        The folder to give to numba; None if nothing can be kept.
    remark
        What is to be said, one line; empty for nothing.

    Notes
    -----
    numba reads what it finds with pickle, which runs whatever the file says, and fails with a
    traceback where a file is damaged. So files that are not as they were kept are removed first.
    Several processes may compile at once: each into a folder of its own, which gets its name when
    it is finished. The first one stays.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.place: str | None = None
        self.remark = ""
        try:
            if folder.is_dir() and not _is_private(folder):
                self.remark = f"{folder}: nothing is kept there, as others may write to it"
            else:
                self.place = str(self._ready())
        except OSError as error:
            self.remark = f"{folder}: nothing is kept there ({error.strerror})"

    def keep(self) -> None:
        """Keep what was compiled; where that cannot be written it is lost, and `remark` says so."""
        if self.place is None:
            return
        made = Path(self.place)
        try:
            sums = _sums(made)
            if not sums or sums == _sealed(made):
                return
            (made / SUMS).write_text(json.dumps(sums), encoding="utf-8")
        except OSError as error:
            self.remark = f"{self._folder}: compiled code is not kept there ({error.strerror})"
            return
        with suppress(OSError):  # another process was faster
            made.rename(self._folder)

    def discard(self) -> None:
        """Remove what was not kept."""
        if self.place is not None and Path(self.place) != self._folder:
            shutil.rmtree(self.place, ignore_errors=True)

    def _ready(self) -> Path:
        folder = self._folder
        if folder.is_dir():
            if _is_whole(folder):
                return folder
            self.remark = f"{folder}: was damaged, and is made anew"
            _remove(folder)
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_forgotten(folder)
        made = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
        try:
            with tempfile.TemporaryFile(dir=made):
                return made
        except OSError:
            made.rmdir()
            raise


@contextmanager
def kept_code(folder: Path) -> Iterator[KeptCode]:
    """Make a folder ready for compiled code, and leave nothing half made behind."""
    kept = KeptCode(folder)
    try:
        yield kept
    finally:
        kept.discard()


def _remove_forgotten(folder: Path) -> None:
    for made in folder.parent.glob(f"{folder.name}.*"):
        with suppress(OSError):
            if time.time() - made.stat().st_mtime > FORGOTTEN:
                shutil.rmtree(made)


def _is_whole(folder: Path) -> bool:
    try:
        return _sums(folder) == _sealed(folder)
    except FileNotFoundError:  # another process removes it
        return False


def _remove(folder: Path) -> None:
    """Take a folder away at once, so that no other process meets half of it."""
    away = tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent)
    with suppress(FileNotFoundError):
        folder.rename(away)
    shutil.rmtree(away, ignore_errors=True)


def _is_private(folder: Path) -> bool:
    found = folder.stat()
    if not hasattr(os, "getuid"):
        return True
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _sums(folder: Path) -> dict[str, str]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file() and file.name != SUMS)
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def _sealed(folder: Path) -> object:
    try:
        return json.loads((folder / SUMS).read_bytes())
    except (FileNotFoundError, ValueError):
        return None
