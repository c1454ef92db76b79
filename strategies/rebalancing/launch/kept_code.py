"""The folder in which compiled code is kept: only what was written there by this user counts."""

import hashlib
import json
import os
import shutil
import stat
import tempfile
from pathlib import Path

SUMS = "sums.json"


def kept_code(folder: Path) -> tuple[str | None, str]:
    """Make a folder ready for compiled code.

    Returns
    -------
    tuple of str or None and str
        The folder, None if nothing can be kept there; and what is to be said, empty for nothing.

    Notes
    -----
    numba reads what it finds with pickle, which runs whatever the file says, and fails with a
    traceback where a file is damaged. So files that are not as `seal` left them are removed first.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_private(folder):
            return None, f"{folder}: nothing is kept there, as others may write to it"
        said = ""
        if _sums(folder) != _sealed(folder):
            shutil.rmtree(folder)
            folder.mkdir(mode=0o700)
            said = f"{folder}: was damaged or not finished, and is made anew"
        with tempfile.TemporaryFile(dir=folder):
            return str(folder), said
    except OSError as error:
        return None, f"{folder}: nothing is kept there ({error.strerror})"


def seal(folder: str) -> None:
    """Note what the folder holds now; where that cannot be written it counts as damaged."""
    place = Path(folder)
    try:
        (place / SUMS).write_text(json.dumps(_sums(place)), encoding="utf-8")
    except OSError:
        (place / SUMS).unlink(missing_ok=True)


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
    except FileNotFoundError:
        return {}
    except ValueError:
        return None
