"""The compiled kernel of the explorer, kept from one call to the next.

numba keeps what it compiles as pickled files. They are read only if they are what the last call of
this user left, and otherwise removed.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from rebalancing.explore.compiled import fingerprint, kernel_of
from rebalancing.explore.following import Kernel

SEAL = "seal.json"


@contextmanager
def kept_kernel(folder: Path) -> Iterator[tuple[Kernel, str]]:
    """Give the kernel, and take what was compiled into the cache at the end.

    Parameters
    ----------
    folder : Path
        Of the user, for caches; it is made if it is not there.

    Yields
    ------
    Kernel
        Not compiled where numba is not installed.
    str
        Why nothing is kept, or is compiled anew, one line; empty otherwise.
    """
    own, remark = folder / "kernel" / fingerprint(), ""
    try:
        own.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _is_own(own):
            raise PermissionError(f"{own} can be changed by others")
        if any(path.is_file() for path in own.rglob("*")) and not _is_sealed(own):
            remark = f"{own} is damaged: compiled anew"
            _empty(own)
        (own / "try").write_bytes(b"")
        (own / "try").unlink()
    except OSError as error:
        yield kernel_of(None), f"what is compiled is not kept: {error}"
        return
    try:
        yield kernel_of(str(own)), remark
    finally:
        _seal(own)


def _is_own(folder: Path) -> bool:
    """Tell whether nobody else can write into a folder."""
    found = folder.stat()
    return found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _is_sealed(folder: Path) -> bool:
    try:
        known = json.loads((folder / SEAL).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(known == _sums(folder))


def _seal(folder: Path) -> None:
    """Write down what is in the folder; on a full disk the next call compiles anew."""
    try:
        sums = _sums(folder)
        if sums and not _is_sealed(folder):
            (folder / SEAL).write_text(json.dumps(sums), encoding="utf-8")
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)


def _sums(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SEAL)
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files
    }


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
