"""The answer at the top of the page: whether a policy is better, which, and what is missing."""

from __future__ import annotations

from math import expm1

from rebalancing.explore.choice.growth import a_year
from rebalancing.explore.exploration import Exploration
from rebalancing.numbers import money, percent
from rebalancing.report.explore.policy_words import rule
from rebalancing.report.table import Card


def headline(found: Exploration) -> str:
    """Return the conclusion in one sentence."""
    said, has_present = found.conclusion, found.present is not None
    hodl, present = said.better_than_hodl, said.better_than_present
    if hodl and present:
        return "This policy is better than holding, and than the present one."
    if hodl and found.present == found.chosen:
        return "The present policy is better than holding, and none grew more: keep it."
    if hodl:
        return "Better than holding" + (
            ", but not shown to be better than the present policy." if has_present else "."
        )
    if present:
        return "Better than the present policy, but not shown to be better than holding."
    if hodl is None:
        return "Whether any policy is better cannot be told."
    if found.judgement.hodl.lead <= 0:
        return "No policy was ahead of holding."
    return "No policy is shown to be better than holding" + (
        ", or than the present one." if has_present and found.present != found.chosen else "."
    )


def mood(found: Exploration) -> str:
    """Return the colour of the answer: "good", "bad" or "even"."""
    if found.conclusion.better_than_hodl or found.conclusion.better_than_present:
        return "good"
    return "bad" if found.judgement.hodl.lead <= 0 else "even"


def story(found: Exploration) -> tuple[str, ...]:
    """Say what was found, which policy it is, and what may be concluded."""
    count, premium = len(found.policies), float(found.figures.premium[found.chosen])
    side = "ahead of" if premium >= 0 else "behind"
    who = f"Of {count:,} policies this one grew most" if count > 1 else "The only policy is this"
    lines = [
        f"{who}: {rule(found, found.chosen)}. It ended {percent(abs(premium))} {side} holding."
    ]
    if found.present is not None and found.present != found.chosen:
        own = float(found.figures.premium[found.present])
        side = "ahead of" if own >= 0 else "behind"
        lines.append(
            f"The present policy has rank {found.ranking.index(found.present) + 1:,}: "
            f"{rule(found, found.present)}. It ended {percent(abs(own))} {side} holding."
        )
    elif found.present is not None and count > 1:
        lines.append("It is the present policy.")
    elif found.present is None:
        lines.append("No present policy was simulated beside it.")
    return (*lines, found.conclusion.text)


def warnings(found: Exploration) -> list[str]:
    """Say what is missing, and why."""
    said = []
    if not found.is_complete:
        said.append(
            f"The search was stopped: {len(found.policies):,} of {found.asked:,} policies were "
            "simulated, and only they are on this page. A better one may be among the others."
        )
    return [*said, *(f"Not computed: {line}" for line in found.judgement.missing)]


def cards(found: Exploration) -> list[Card]:
    """Return the figures that are looked for first."""
    figures, chosen, ground = found.figures, found.chosen, found.ground
    premium, nav = (float(values[chosen]) for values in (figures.premium, figures.nav))
    made = [Card("Premium of the chosen policy", percent(premium, "+"),
                 f"NAV {money(nav, ground.stake)}")]  # fmt: skip
    if found.present is not None and found.present != chosen:
        own = float(figures.premium[found.present])
        drawn = f"NAV {money(float(figures.nav[found.present]), ground.stake)}"
        made.append(Card("Premium of the present policy", percent(own, "+"), drawn))
    luck, walk = found.luck.get(chosen), found.judgement.hodl.walk
    if luck is not None and luck.starts > 1:
        made.append(Card("Timing luck of the chosen", percent(expm1(luck.spread), digits=1),
                         f"holds nine of ten of {luck.starts:,} starts"))  # fmt: skip
    if walk is not None:
        before, after = (
            percent(a_year(value, found.days), "+") for value in (walk.inside, walk.outside)
        )
        made.append(Card("Lead after a choice, a year", after, f"{before} where chosen"))
    depth = f"turnover {figures.turnover[chosen]:,.2f} x NAV a year"
    drawdown = percent(float(figures.max_drawdown[chosen]), digits=1)
    made.append(Card("Drawdown of the chosen", drawdown, depth))
    speed = f"in {found.seconds.total:,.1f} s" if found.seconds.total else ""
    return [*made, Card("Policies", f"{len(found.policies):,}", speed)]
