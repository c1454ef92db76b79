"""What must be true of every life of a bot. A check yields a sentence for each violation."""

from collections.abc import Callable, Iterator

from tests.campaign.checks import books, journal, legs, policy, traces
from tests.campaign.evidence import Evidence

Check = Callable[[Evidence], Iterator[str]]
CHECKS: tuple[Check, ...] = (
    books.ledger_adds_up,
    books.no_balance_was_negative,
    books.fills_are_the_ledgers,
    books.freqtrade_knows_every_order,
    books.freqtrade_holds_what_was_bought,
    books.cash_flows_are_booked,
    legs.one_order_of_a_pair_at_a_time,
    legs.no_leg_was_executed_twice,
    legs.nothing_below_the_minimum,
    legs.nothing_too_small_was_asked_for,
    legs.no_refusal_was_repeated,
    journal.lines_are_whole,
    journal.every_tag_has_its_round,
    journal.rounds_end_once,
    journal.closed_rounds_tell_what_was_executed,
    journal.value_is_that_of_the_ledger,
    policy.the_bot_stayed_up,
    policy.nothing_is_left_open,
    policy.the_portfolio_is_inside_its_bands,
    traces.nothing_secret_was_written,
    traces.the_log_is_clean,
)


def violations(evidence: Evidence) -> list[str]:
    """Return everything that is not as it must be."""
    return [sentence for check in CHECKS for sentence in check(evidence)]
