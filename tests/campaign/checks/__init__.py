"""What must be true of every life of a bot. A check yields a sentence for each violation."""

from collections.abc import Callable, Iterator

from tests.campaign.checks import books, hands, journal, legs, policy, traces
from tests.campaign.evidence import Evidence

Check = Callable[[Evidence], Iterator[str]]
OF_THE_ACCOUNT: tuple[Check, ...] = (
    books.ledger_adds_up,
    books.no_balance_was_negative,
    books.fills_are_the_ledgers,
    books.no_order_is_of_two_bots,
    legs.nothing_below_the_minimum,
    legs.no_refusal_was_repeated,
    hands.a_second_process_is_refused,
    hands.an_adopter_beside_an_investment_is_refused,
)
OF_A_BOT: tuple[Check, ...] = (
    books.freqtrade_knows_every_order,
    books.freqtrade_holds_what_was_bought,
    books.cash_flows_are_booked,
    legs.one_order_of_a_pair_at_a_time,
    legs.no_leg_was_executed_twice,
    legs.nothing_too_small_was_asked_for,
    legs.no_round_paid_much_for_its_books,
    journal.lines_are_whole,
    journal.every_tag_has_its_round,
    journal.rounds_end_once,
    journal.closed_rounds_tell_what_was_executed,
    journal.value_is_that_of_the_ledger,
    policy.the_bot_stayed_up,
    policy.nothing_is_left_open,
    policy.what_has_ended_is_told,
    policy.the_portfolio_is_inside_its_bands,
    hands.what_was_taken_out_stays_out,
    hands.what_was_taken_out_is_told,
    hands.a_locked_pair_is_not_opened,
    traces.nothing_secret_was_written,
    traces.the_log_is_clean,
)


CHECKS = OF_THE_ACCOUNT + OF_A_BOT


def violations(evidence: Evidence) -> list[str]:
    """Return everything that is not as it must be, of the account and of each bot on it."""
    found = [sentence for check in OF_THE_ACCOUNT for sentence in check(evidence)]
    neighbour = evidence.neighbour
    mine = evidence if neighbour is None else evidence.without(neighbour.order_ids)
    found += [sentence for check in OF_A_BOT for sentence in check(mine)]
    if neighbour is not None:
        found += [f"neighbour: {text}" for check in OF_A_BOT for text in check(neighbour)]
    return found
