"""What follows from a search: it is printed, drawn, written down and verified."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from rebalancing.cli.explore_json import exploration_as_json, verified_as_json
from rebalancing.cli.explore_tables import print_judged, print_ranking, print_verified
from rebalancing.explore.exploration import Exploration
from rebalancing.launch.errors import LaunchError, local_exchange_needed
from rebalancing.launch.explore import INTERRUPTED, Search, Searched, search, write_best
from rebalancing.launch.progress import ProgressDisplay, kept_alive

if TYPE_CHECKING:
    from rebalancing.launch.verify import Verified

_DIFFERENT = 1


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
    if not wishes.as_json:
        print_ranking(found.ranked, Console(), wishes.top)
    judged = _judged(found)
    is_complete = judged is not None and judged.is_complete
    if not wishes.as_json:
        _print(found, judged, wishes)
        if not is_complete and (wishes.write is not None or wishes.verify):
            click.echo("Nothing was written or verified, as the search was stopped.")
    after = _After()
    problem = after.carry_out(wanted, found, wishes) if is_complete else None
    if wishes.as_json:
        more = {
            "written": after.written,
            "verified": [verified_as_json(each) for each in after.verified],
        }
        _write(exploration_as_json(judged or found.ranked, range(found.asked), more))
    elif after.verified:
        print_verified(found.ranked, after.verified, Console())
    if problem is not None:
        raise problem
    if after.is_stopped or not is_complete:
        return INTERRUPTED
    return 0 if all(each.is_same for each in after.verified) else _DIFFERENT


@dataclass
class _After:
    """What was done after the search."""

    written: list[str] | None = None
    verified: list[Verified] = field(default_factory=list)
    is_stopped: bool = False

    def carry_out(self, wanted: Search, found: Searched, wishes: Wishes) -> LaunchError | None:
        """Write and verify; what was found must be shown even where that fails."""
        try:
            if wishes.write is not None:
                self.written = write_best(wanted.asked, found, wishes.write)
                if not wishes.as_json:
                    _tell(self.written)
            if wishes.verify:
                self._verify(wanted, found, wishes.verify)
        except KeyboardInterrupt:
            self.is_stopped = True
        except LaunchError as error:
            return error
        return None

    def _verify(self, wanted: Search, found: Searched, count: int) -> None:
        with local_exchange_needed("explore --verify"):
            from rebalancing.launch.verify import verify

            for each in verify(wanted.asked, found, found.ranked.ranking[:count]):
                self.verified.append(each)


def _judged(found: Searched) -> Exploration | None:
    """Hear the judges; None if Ctrl-C came before they had ended."""
    try:
        with ProgressDisplay("judging", stderr=True) as display, kept_alive(display):
            return found.judged()
    except KeyboardInterrupt:
        return None


def _print(found: Searched, judged: Exploration | None, wishes: Wishes) -> None:
    remarks = found.simulated.inputs.remarks
    print_judged(judged or found.ranked, remarks, Console(), wishes.details)
    if judged is None:
        return
    from rebalancing.report.explore_page import save_explore_page

    file = wishes.output or found.simulated.setup.user_data / "plot" / "rebalance-explore.html"
    try:
        with ProgressDisplay("page", stderr=True) as display, kept_alive(display):
            save_explore_page(judged, found.simulated.source, file)
    except (ValueError, OSError) as error:
        raise LaunchError(str(error)) from None
    click.echo(f"Page: {file}")


def _write(parts: Iterable[str]) -> None:
    """Print parts of one text, and none of them apart: there may be many."""
    sys.stdout.writelines(parts)
    sys.stdout.flush()


def _tell(written: Sequence[str]) -> None:
    if written:
        click.echo(f"The best policy was written to {', '.join(written)}.")
    else:
        click.echo("The best policy is what is configured already; nothing was written.")
