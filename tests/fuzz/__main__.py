"""``python -m tests.fuzz``: random configurations, refused with a remedy or run as they are."""

import sys
import time
from collections import Counter

import click
from rich.console import Console

from tests.fuzz.runs import Result, run_seeds


@click.command()
@click.option("--runs", type=click.IntRange(1), default=100, show_default=True, help="How many.")
@click.option("--seed", default=1, show_default=True, help="The first of them.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="At a time.")
def main(runs: int, seed: int, jobs: int) -> None:
    """Draw configurations beside the rebalance block (pairs, lists, candles, ranges, wallets,
    fees, names, ...) and the block too, and check that each ends with an error that names a
    remedy, or with a run of exactly the assets, the range and the policy that were configured.

    The status is 1 if one did not. "--seed 17 --runs 1" runs case 17 again.
    """
    began, results = time.monotonic(), []
    console = Console(highlight=False, soft_wrap=True, stderr=True)
    for count, result in enumerate(run_seeds(range(seed, seed + runs), jobs), start=1):
        results.append(result)
        if result.violations or count % 50 == 0:
            console.print(f"{count}/{runs} {result.line}", markup=False)
        for sentence in result.violations:
            console.print(f"    {sentence}", markup=False)
    click.echo(_summary(results, time.monotonic() - began))
    sys.exit(1 if any(result.violations for result in results) else 0)


def _summary(results: list[Result], seconds: float) -> str:
    ends = Counter(result.end for result in results)
    drawn = Counter(name for result in results for name in result.drawn)
    bad = sorted(result.seed for result in results if result.violations)
    lines = [f"{name}: {count}" for name, count in sorted(drawn.items())]
    told = ", ".join(f"{count} {end}" for end, count in ends.most_common())
    where = f" in seeds {', '.join(map(str, bad))}" if bad else ""
    violations = sum(len(result.violations) for result in results)
    lines.append(
        f"{len(results)} configurations, {told}, {seconds / 60:.1f} min: {violations} "
        f"violations{where}"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main(prog_name="python -m tests.fuzz")
