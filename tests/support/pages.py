"""Pages of reports, written to files and opened in a real browser."""

from pathlib import Path

import pytest

from rebalancing.performance.record import Record
from rebalancing.report.findings import Findings
from rebalancing.report.page import write_page
from tests.support.browser import IS_MISSING, REMEDY, Page

needs_browser = pytest.mark.skipif(IS_MISSING, reason=REMEDY)


def saved(folder: Path, **records: Record) -> Path:
    """Write the page of these records, titled by their names with spaces."""
    file = folder / "page.html"
    titles = {name.replace("_", " "): Findings(found) for name, found in records.items()}
    file.write_text(write_page(titles, "now"), encoding="utf-8")
    return file


def opened(browser: Page, file: Path, width: int = 1280, dark: bool = False) -> Page:
    """Open a page as if nothing had been complained of before."""
    browser.errors.clear()
    browser.requests.clear()
    browser.open(file, width, dark=dark)
    return browser


def cells(page: Page, column: int) -> list[str]:
    """Return the texts of a column of the table of rounds."""
    return list(
        page.evaluate(
            "[...document.querySelectorAll('main:not([hidden]) .rounds tr.round')]"
            f".map(row => row.cells[{column}].textContent)"
        )
    )


def choose(page: Page, selector: str, value: str) -> None:
    """Choose an option of a select, or write into an input, as a reader would."""
    page.evaluate(
        f"(() => {{ const box = document.querySelector({selector!r}); box.value = {value!r};"
        "for (const kind of ['input', 'change']) box.dispatchEvent(new Event(kind)); })()"
    )
