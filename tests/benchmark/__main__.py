"""``python -m tests.benchmark``: what SmartRebalance costs, in ratios taken in one run."""

import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sandbox.exchange.errors import SandboxError
from tests.benchmark.cases import CASES, Case, with_needed
from tests.benchmark.ground import BenchmarkError, open_ground
from tests.benchmark.report import make_report, markdown, print_tables
from tests.benchmark.run import Measured, run_cases

NAMES = [case.name for case in CASES]
_TIMERANGE = re.compile(r"(\d{8})?-(\d{8})?")


def _span(
    _context: click.Context, _parameter: click.Parameter, text: str
) -> tuple[datetime | None, datetime | None]:
    match = _TIMERANGE.fullmatch(text)
    if match is None:
        raise click.BadParameter("write it like 20210101-20210401, -20210401 or 20210101-")
    try:
        begin, end = (
            datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC) if day else None
            for day in match.groups()
        )
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return begin, end


def _named(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> tuple[Case, ...]:
    names = NAMES if text is None else [name.strip() for name in text.split(",")]
    if unknown := set(names) - set(NAMES):
        raise click.BadParameter(f"{sorted(unknown)[0]} is none of {', '.join(NAMES)}")
    return with_needed(names)


@click.command()
@click.option(
    "--repeats", type=click.IntRange(1), default=3, show_default=True, help="Runs of each case."
)
@click.option(
    "--timerange", "span", callback=_span, default="-", help="Like 20210101-20210401; default: all."
)
@click.option(
    "--datadir",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of candles; default: ../shared/data/majors-1h, or else the project's own.",
)
@click.option(
    "--cases",
    callback=_named,
    help=f"Some of: {', '.join(NAMES)}. What they need is added. Default: all.",
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print tables for docs.")
def main(
    repeats: int,
    span: tuple[datetime | None, datetime | None],
    datadir: Path | None,
    cases: tuple[Case, ...],
    as_markdown: bool,
) -> None:
    """Measure what SmartRebalance costs against bare strategies.

    Every case is a whole "freqtrade backtesting" process, one after another; the machine should
    have nothing else to do.
    """
    try:
        ground = open_ground(datadir, *span)
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder, _progress() as progress:
            task = progress.add_task("", total=repeats * len(cases))
            begun = 0

            def started(case: Case) -> None:
                nonlocal begun
                progress.update(task, completed=begun, description=case.meaning)
                begun += 1

            measured: dict[str, Measured] = run_cases(ground, cases, repeats, Path(folder), started)
            progress.update(task, completed=begun, description="")
    except (BenchmarkError, SandboxError) as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        sys.exit(130)
    report = make_report(ground, measured, repeats)
    if as_markdown:
        click.echo(markdown(report))
    else:
        print_tables(report, Console())


def _progress() -> Progress:
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True)


if __name__ == "__main__":
    main(prog_name="python -m tests.benchmark")
