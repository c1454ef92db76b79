"""What a driver asks for beside a decision."""

import numpy as np
import pytest

from rebalancing.config.settings import read_settings
from rebalancing.decide import ask, awaited, forget, take
from rebalancing.policy.policy import Policy
from rebalancing.policy.reason import Cause
from rebalancing.state import State
from tests.support.builders import START, make_settings

SEEN = State(targets={}, seen=("BTC", "ETH", "SOL"))


@pytest.mark.parametrize(
    ("assets", "left"),
    [((), SEEN.seen), (("DOT",), SEEN.seen), (("ETH",), ("BTC", "SOL")), (SEEN.seen, ())],
)
def test_what_is_forgotten_has_not_been_seen(
    assets: tuple[str, ...], left: tuple[str, ...]
) -> None:
    found = forget(SEEN, assets)
    assert found == SEEN.changed(seen=left)
    assert (found is SEEN) == (left == SEEN.seen)


def test_the_weight_of_what_has_never_had_a_price_is_awaited() -> None:
    targets = {"BTC": 0.5, "ETH": 0.3, "SOL": 0.2, "DOT": 0.0}
    policy = Policy(make_settings(targets=targets), tuple(targets), "USDT")
    state = State(targets={}, seen=("BTC",))
    assert awaited(policy, state, ("BTC", "SOL", "DOT")) == ("SOL",)
    assert awaited(policy, state, ()) == ()


def test_without_a_round_there_is_no_trade() -> None:
    assert take(SEEN, "BTC", START) == (SEEN, None)


def test_a_round_may_be_asked_for() -> None:
    asked = ask(SEEN, Cause.RESUMED).asked
    assert asked is not None
    assert asked.cause is Cause.RESUMED


def test_a_state_is_frozen_and_reads_what_a_later_version_wrote() -> None:
    with pytest.raises(ValueError, match="frozen"):
        SEEN.number = 3
    assert State.model_validate({**SEEN.model_dump(), "of a later version": 1}) == SEEN


def test_a_policy_names_its_assets_as_a_mask_does() -> None:
    settings, problems = read_settings({"targets": "equal", "period": "24h"})
    assert not problems
    policy = Policy(settings, ("BTC", "ETH", "SOL"), "USDT")
    assert policy.named(np.array([True, False, True])) == ("BTC", "SOL")
    assert policy.mask(("SOL", "BTC")).tolist() == [True, False, True]
    with pytest.raises(ValueError, match="argument 2"):
        policy.named(np.array([True, False]))
