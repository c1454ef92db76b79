"""What follows from a search: it is printed, drawn, written down and verified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from rebalancing.cli.explore_json import exploration_as_json, verified_as_json
from rebalancing.cli.explore_tables import print_exploration, print_verified
from rebalancing.launch.errors import LaunchError, local_exchange_needed
from rebalancing.launch.explore import Search, Searched, search, write_best
from rebalancing.launch.progress import ProgressDisplay, kept_alive

if TYPE_CHECKING:
    from rebalancing.launch.verify import Verified

_INTERRUPTED, _DIFFERENT = 130, 1


@dataclass(frozen=True)
class Wishes:
    """What is to be done with what was found.

    Parameters
    ----------
    top : int
        How many of the best policies are shown.
    details : bool
        Show the figures of the judges.
    as_json : bool
        Print one JSON object instead, and make no page.
    write : str or None
        The configuration file to write the best policy into; empty for whichever has it; None
        writes nothing.
    verify : int
        How many of the best are backtested.
    output : Path or None
        The page; None for one in ``plot`` of the user folder.
    """

    top: int
    details: bool
    as_json: bool
    write: str | None
    verify: int
    output: Path | None


def show(wanted: Search, wishes: Wishes) -> int:
    """Search, show, write and verify, and return the exit status.

    Raises
    ------
    LaunchError
        If something cannot be read, simulated or written: a line for each problem.
    """
    with ProgressDisplay("explore", unit="policies", stderr=True) as display, kept_alive(display):
        found = search(wanted, lambda done, total: display.show((done, total)))
    is_complete = found.exploration.is_complete
    if not wishes.as_json:
        _print(found, wishes)
    written = None
    if wishes.write is not None and is_complete:
        written = write_best(wanted.asked, found, wishes.write)
        if not wishes.as_json:
            _tell(written)
    verified, stopped = _verified(wanted, found, wishes.verify if is_complete else 0)
    if wishes.as_json:
        more = {"written": written, "verified": [verified_as_json(each) for each in verified]}
        click.echo(exploration_as_json(found.exploration, range(found.asked), more))
    elif verified:
        print_verified(found.exploration, verified, Console())
    if stopped or not is_complete:
        return _INTERRUPTED
    return 0 if all(each.is_same for each in verified) else _DIFFERENT


def _print(found: Searched, wishes: Wishes) -> None:
    from rebalancing.report.explore_page import save_explore_page

    remarks = found.simulated.inputs.remarks
    print_exploration(found.exploration, remarks, Console(), wishes.top, wishes.details)
    file = wishes.output or found.simulated.setup.user_data / "plot" / "rebalance-explore.html"
    try:
        save_explore_page(found.exploration, found.simulated.source, file)
    except (ValueError, OSError) as error:
        raise LaunchError(str(error)) from None
    click.echo(f"Page: {file}")


def _tell(written: Sequence[str]) -> None:
    if written:
        click.echo(f"The best policy was written to {', '.join(written)}.")
    else:
        click.echo("The best policy is what is configured already; nothing was written.")


def _verified(wanted: Search, found: Searched, count: int) -> tuple[list[Verified], bool]:
    """Backtest the best; Ctrl-C keeps what is finished."""
    verified: list[Verified] = []
    if not count:
        return verified, False
    with local_exchange_needed("explore --verify"):
        from rebalancing.launch.verify import verify

        try:
            for each in verify(wanted.asked, found, found.exploration.ranking[:count]):
                verified.append(each)
        except KeyboardInterrupt:
            return verified, True
    return verified, False
