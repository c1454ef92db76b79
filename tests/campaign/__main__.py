"""``python -m tests.campaign``: random lives of a bot, checked to the last order."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.campaign.coverage import added
from tests.campaign.runs import Result, run_seeds


@click.command()
@click.option(
    "--seeds", type=click.IntRange(1), default=10, show_default=True, help="How many to run."
)
@click.option("--first", default=1, show_default=True, help="The first of them.")
@click.option(
    "--jobs", type=click.IntRange(1), default=2, show_default=True, help="Bots at the same time."
)
@click.option("--steps", type=click.IntRange(1), help="How many times prices move; default: drawn.")
@click.option(
    "--virtual",
    is_flag=True,
    help="On a virtual clock, with the exchange in memory and kills at drawn points.",
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the files of seeds with violations in this folder.",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write all results to this file.",
)
def main(
    seeds: int,
    first: int,
    jobs: int,
    steps: int | None,
    virtual: bool,
    keep: Path | None,
    json_file: Path | None,
) -> None:
    """Trade random portfolios through random trouble and check every book afterwards.

    Each seed draws assets, a policy, an account, prices, faults of the exchange, deposits, kills
    and restarts, and runs the real "freqtrade trade" on the local exchange over HTTP. The status
    is 1 if anything was not as it must be. "--first 17 --seeds 1 --keep FOLDER" runs seed 17 again.

    With "--virtual" nobody waits: each bot is a fork of one process, its requests are answered
    in memory, time passes as the seed draws it, and signal 9 comes before or after a request or
    a commit. The same seed then gives the same life to the byte.
    """
    began = time.monotonic()
    console = Console(highlight=False, soft_wrap=True)
    results: list[Result] = []
    try:
        with _progress(console, seeds) as advance:
            for result in run_seeds(range(first, first + seeds), jobs, keep, steps, virtual):
                results.append(result)
                console.print(result.line, markup=False)
                for sentence in result.violations:
                    console.print(f"    {sentence}", markup=False)
                advance()
    except KeyboardInterrupt:
        sys.exit(130)
    if json_file is not None:
        ordered = sorted(results, key=lambda result: result.seed)
        json_file.write_text(json.dumps([result.as_record() for result in ordered], indent=1))
    for kind, (drawn, mattered) in added(result.coverage for result in results).items():
        console.print(f"{kind}: drawn {drawn}, mattered {mattered}", markup=False)
    console.print(_summary(results, time.monotonic() - began), markup=False)
    sys.exit(1 if any(result.violations for result in results) else 0)


def _summary(results: list[Result], seconds: float) -> str:
    bad = sorted(result.seed for result in results if result.violations)
    count = sum(len(result.violations) for result in results)
    sums = {
        name: sum(getattr(result, name) for result in results)
        for name in ("rounds", "orders", "starts", "faults")
    }
    done = ", ".join(f"{value:,} {name}" for name, value in sums.items())
    if stubborn := sum(result.stubborn for result in results):
        done += f", {stubborn} ended only by a second Ctrl-C"
    where = f" in seeds {', '.join(map(str, bad))}" if bad else ""
    return f"{len(results)} seeds, {done}, {seconds / 60:.1f} min: {count} violations{where}"


@contextmanager
def _progress(console: Console, total: int) -> Iterator:
    if not console.is_terminal:
        yield lambda: None
        return
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("seeds"))
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.advance(task)


if __name__ == "__main__":
    main(prog_name="python -m tests.campaign")
