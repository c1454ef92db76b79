"""The file of a page: written whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from rebalancing.report.findings import Findings
from rebalancing.report.page import write_page

_OF_A_BACKTEST = re.compile(r"rebalance-.+-\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.html")


def save_page(all_findings: Mapping[str, Findings], file: Path) -> None:
    """Write the page of these results, as `replace_page` does."""
    replace_page(file, lambda made: write_page(all_findings, made))


def replace_page(file: Path, write: Callable[[str], str]) -> None:
    """Write a page in place of an older one, which a reader never sees half replaced.

    Parameters
    ----------
    write : callable
        Gives the page, from the words for when it was made.

    Raises
    ------
    ValueError
        If something stands there that is no file: a device would be lost.
    OSError
        If it cannot be written.
    """
    if file.exists() and not file.is_file():
        raise ValueError(f"{file}: is not a file, a page would replace it; name another")
    page = write(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as draft:
            draft.write(page)
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def page_name(all_findings: Mapping[str, Findings]) -> str:
    """Name the file after its only result, or after their number."""
    if len(all_findings) > 1:
        return f"rebalance-{len(all_findings)}-results.html"
    (findings,) = all_findings.values()
    return f"rebalance-{Path(findings.record.source).stem}.html"


def page_beside(result: Path) -> Path:
    """Place the page of a backtest: in freqtrade's folder of charts, beside that of results."""
    return result.parent.parent / "plot" / f"rebalance-{result.stem}.html"


def pages_of_backtests(folder: Path) -> Iterator[Path]:
    """Find the pages that `page_beside` has named, by the moment in their names."""
    return (file for file in folder.iterdir() if _OF_A_BACKTEST.fullmatch(file.name))
