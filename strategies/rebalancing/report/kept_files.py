"""Which of the files that runs leave behind stay."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def keep_newest(files: Iterable[Path], count: int) -> None:
    """Remove all but the newest of some files; what another run has removed meanwhile is gone.

    Parameters
    ----------
    files : iterable of Path
        Files of one kind, all of them ours.
    count : int
        How many stay.

    Raises
    ------
    OSError
        If one cannot be removed.
    """

    def age(file: Path) -> tuple[int, str]:
        try:
            return file.stat().st_mtime_ns, file.name
        except FileNotFoundError:
            return 0, file.name

    by_age = sorted(files, key=age, reverse=True)
    for file in by_age[count:]:
        file.unlink(missing_ok=True)
