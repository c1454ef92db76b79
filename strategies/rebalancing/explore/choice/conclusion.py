"""The conclusion of a search: whether the chosen policy is better, and in which words."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rebalancing.explore.choice.growth import a_year
from rebalancing.explore.choice.judgement import FEWEST, HODL, Contest, Judgement
from rebalancing.explore.choice.timing_luck import leads
from rebalancing.numbers import percent


@dataclass(frozen=True)
class Conclusion:
    """What may be concluded from a search.

    Parameters
    ----------
    better_than_hodl, better_than_present : bool or None
        True only if the chosen policy leads by more than its timing luck, the stepwise selection
        names it, and choices made on the past stayed ahead afterwards. False if one of these is
        not so: it may still be better, but this history does not show it. None where it cannot be
        told: the history is too short, a package is missing, or there is no present policy.
    text : str
        In plain words.
    """

    better_than_hodl: bool | None
    better_than_present: bool | None
    text: str


def conclude(judgement: Judgement) -> Conclusion:
    """Draw the conclusion from what all judges say."""
    over_hodl, said = _verdict(judgement, judgement.hodl)
    sentences = [said]
    over_present = None
    if judgement.present is not None:
        over_present, said = _verdict(judgement, judgement.present)
        sentences.append(said)
    if over_hodl is False and over_present is not True:
        sentences.append("More searching on this history will not change that.")
    fitted = judgement.overfitting
    if fitted is not None and fitted.probability >= 0.5 and (over_hodl or over_present):
        sentences.append(
            "Which policy is the best is open: the best of one half of the history was in the "
            f"lower half of all in {_of_100(fitted.probability)} other halves."
        )
    return Conclusion(over_hodl, over_present, " ".join(sentences))


def _verdict(judgement: Judgement, contest: Contest) -> tuple[bool | None, str]:
    rival, tests, walk = contest.rival, contest.tests, contest.walk
    ahead = f"leads {rival} by {percent(math.expm1(contest.lead))}"
    of_many = f"The best of {judgement.policies:,} policies" if judgement.policies > 1 else "It"
    if judgement.stretches < FEWEST or walk is None:
        return None, (
            f"Whether it is better than {rival} cannot be told: the history has "
            f"{judgement.history}, {FEWEST} are needed."
        )
    if contest.lead <= 0:
        return False, _behind(judgement, contest)
    if not leads(contest.own_luck, contest.rival_luck):
        spread = max(contest.own_luck.spread, contest.rival_luck.spread)
        return False, (
            f"{of_many} is called no better than {rival}: begun at other moments, the same policy "
            f"ends within {percent(math.expm1(spread))} of itself, and its lead is no larger."
        )
    if tests is None:
        return None, f"It {ahead}; whether that is luck cannot be told: arch is not installed."
    if not contest.is_chosen_superior:
        return False, (
            f"{of_many} {ahead}, but is not shown to be better: by luck alone the best would lead "
            f"by as much in {_of_100(tests.p_value)} such histories."
        )
    if walk.outside <= 0:
        return False, (
            f"{of_many} {ahead}, but is not shown to be better: policies chosen on one stretch "
            f"of the history fell short of {rival} on the next."
        )
    return True, (
        f"{of_many} is better than {rival}: it {ahead}, by luck alone the best would lead by as "
        f"much in {_of_100(tests.p_value)} such histories, and what was chosen on one stretch "
        f"stayed ahead on the next by {percent(a_year(walk.outside, judgement.days))} a year."
    )


def _behind(judgement: Judgement, contest: Contest) -> str:
    if judgement.policies == 1:
        return f"It is not better than {contest.rival}."
    if contest.rival == HODL:
        return f"None of {judgement.policies:,} policies was ahead of holding."
    return f"None of {judgement.policies:,} policies was ahead of {contest.rival}: keep it."


def _of_100(share: float) -> str:
    """Write a share as a number of hundred cases."""
    if share < 0.005:
        return "less than 1 of 100"
    return f"{share * 100:.0f} of 100"
