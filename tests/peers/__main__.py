"""``python -m tests.peers``: bt and vectorbt beside the project, on the same policies."""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from tests.peers.environment import PeersError, asked, interpreter
from tests.peers.examples import EXAMPLES, example_table
from tests.peers.history import daily_closes, history_cases, history_table
from tests.peers.questions import Case

US = "SmartRebalance"
OTHERS = ("bt", "vectorbt")


@click.command(help=__doc__)
@click.option("--datadir", type=click.Path(path_type=Path, exists=True))
def main(datadir: Path | None) -> None:
    """Print the small examples, and the long comparison."""
    console = Console()
    prices = daily_closes(datadir)
    named = [*history_cases(prices)]
    try:
        found = compared([*(each.case for each in EXAMPLES), *(case for _, case in named)])
    except PeersError as error:
        raise click.ClickException(str(error)) from None
    for number, (example, each) in enumerate(zip(EXAMPLES, found, strict=False), 1):
        console.print(example_table(f"{number}. {example.reason}", example, each))
    rest = found[len(EXAMPLES) :]
    title = f"{prices.shape[1]} assets, {len(prices):,} days"
    console.print(
        history_table(title, [(n, each) for (n, _), each in zip(named, rest, strict=True)])
    )


def compared(cases: Sequence[Case]) -> list[Mapping[str, Mapping[str, Any]]]:
    """Follow cases with all three; return what each came to, by its name, for each case."""
    own = [case.own() for case in cases]
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        questions = [
            case.questions(Path(folder) / f"{number}.npy", one.traded)
            for number, (case, one) in enumerate(zip(cases, own, strict=True))
        ]
        answers = iter(asked(interpreter(), [one for each in questions for one in each]))
    return [
        {US: {**vars(one), "traded": len(one.traded)}} | {who: next(answers) for who in OTHERS}
        for one in own
    ]


if __name__ == "__main__":
    sys.exit(main(prog_name="python -m tests.peers"))
