"""What a search found, in the terminal: a ranked table and what may be concluded."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from rebalancing.config.policy_words import in_short
from rebalancing.config.settings import Settings, read_settings
from rebalancing.explore.exploration import UNJUDGED, Exploration, Ranked
from rebalancing.numbers import NOTHING, decimals, minute_of, money, percent

if TYPE_CHECKING:
    from rebalancing.launch.verify import Verified

_HEADINGS = (
    *("Premium", "Return", "Draw-\ndown", "Turn-\nover", "Rounds", "Fees"),
    *("Track.\nerror", "Timing\nluck"),
)


def print_ranking(found: Ranked, console: Console, top: int) -> None:
    """Print the best policies and the present one.

    Parameters
    ----------
    top : int
        How many of the best are shown.
    """
    console.print(_table(found, top))
    if found.present is not None:
        _say(console, "* the present policy")


def print_judged(found: Ranked, remarks: Sequence[str], console: Console, details: bool) -> None:
    """Print the conclusion; where the judges were not heard, that nothing can be concluded.

    Parameters
    ----------
    remarks : sequence of str
        What is to be known of the candles, one line each.
    details : bool
        Print the figures of the judges too.
    """
    if isinstance(found, Exploration):
        _say(console, found.conclusion.text)
        if details:
            console.print(_judges(found))
    else:
        _say(console, UNJUDGED)
    for line in (*remarks, *_notes(found)):
        _say(console, f"Note: {line}")


def print_verified(found: Ranked, verified: Sequence[Verified], console: Console) -> None:
    """Print what freqtrade's own backtests came to, beside the simulation."""
    table = Table(title="By freqtrade's own backtest", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("Policy", overflow="fold", ratio=1)
    for heading in ("Simulated NAV", "Backtest NAV", "Difference", "Rounds"):
        table.add_column(heading, justify="right", no_wrap=True)
    for each in verified:
        rounds = f"{each.rounds:,}"
        if each.rounds != each.backtest.rounds:
            rounds += f", not {each.backtest.rounds:,}"
        navs = (money(nav, found.ground.stake, name=False) for nav in (each.nav, each.backtest.nav))
        table.add_row(policy_name(found, each.place), *navs, _gap(each), rounds)
    console.print(table)


def _gap(each: Verified) -> str:
    return "none" if each.is_same else percent(each.difference, "+", 5)


def policy_name(found: Ranked, place: int) -> str:
    """Name a policy; a swept set of weights is named too."""
    settings = settings_of(found, place)
    names = [
        axis.labels[found.steps[place][k]]
        for k, axis in enumerate(found.axes)
        if axis.name == "targets" and found.steps[place][k] >= 0
    ]
    return ": ".join([*names, in_short(settings)])


def settings_of(found: Ranked, place: int) -> Settings:
    """Return the settings of a policy."""
    return read_settings(found.policies[place])[0]


def _table(found: Ranked, top: int) -> Table:
    ground, count = found.ground, len(found.policies)
    of = f"{count:,} policies" if count > 1 else "1 policy"
    of = f"Best {top} of {of}" if count > top else of
    table = Table(
        title=f"{of}, {minute_of(ground.begin)} to {minute_of(ground.end)}; in %, turnover in NAV "
        f"a year, fees in {ground.stake}",
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=0,
        show_edge=False,
    )
    table.add_column("#", justify="right")
    table.add_column("Policy", overflow="fold", ratio=1)
    for heading in _HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    shown = [*enumerate(found.ranking[:top], 1)]
    if found.present is not None and found.present not in found.ranking[:top]:
        shown.append((found.ranking.index(found.present) + 1, found.present))
    for rank, place in shown:
        mark = "*" if place == found.present else " "
        table.add_row(f"{rank}{mark}", policy_name(found, place), *_figures(found, place))
    return table


def _figures(found: Ranked, place: int) -> Iterable[str]:
    figures, ground = found.figures, found.ground
    cash = settings_of(found, place).investment or ground.cash
    luck = found.luck.get(place)
    spread = None if luck is None or luck.starts < 2 else math.expm1(luck.spread)
    error = float(figures.tracking_error[place])
    return (
        _hundredths(float(figures.premium[place]), "+", 2),
        _hundredths(float(figures.nav[place]) / cash - 1, "+", 1),
        _hundredths(float(figures.max_drawdown[place]), "", 1),
        f"{figures.turnover[place]:.2f}",
        f"{figures.rounds[place]:,}",
        f"{figures.fees[place]:,.{min(2, decimals(ground.stake))}f}",
        _hundredths(error, "", 1),
        _hundredths(spread, "", 2),
    )


def _hundredths(value: float | None, sign: str, digits: int) -> str:
    """Write a fraction in hundredths, without the sign that the title has."""
    return percent(value, sign, digits, missing=NOTHING).removesuffix(" %")


def _judges(found: Exploration) -> Table:
    from rebalancing.explore.choice.figures import judge_figures

    table = Table(title="What the judges say", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("Judge")
    table.add_column("", justify="right")
    table.add_column("What it means")
    for figure in judge_figures(found.judgement):
        value = percent(figure.value, missing=NOTHING)
        table.add_row(f"{figure.name} ({figure.source})", value, figure.meaning)
    return table


def _notes(found: Ranked) -> Iterable[str]:
    if not found.is_complete:
        yield (
            f"stopped after {len(found.policies):,} of {found.asked:,} policies; what is shown is "
            "of these"
        )
    if isinstance(found, Exploration):
        yield from found.judgement.missing
    if not found.is_compiled:
        yield "numba is not installed; with it this is many times faster: pip install numba"


def _say(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False)
