"""What a rebalancer knows after a restart."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from rebalancing.policy.policy import Policy
from rebalancing.policy.reason import Cause
from rebalancing.resume import begun
from rebalancing.rounds.round import Fill
from rebalancing.state import State
from tests.support.builders import START, SimulatedAccount, make_rules, make_settings
from tests.support.driven_rebalancer import DrivenRebalancer

HALVES = {"BTC": 0.5, "ETH": 0.5}


def restart(
    account: SimulatedAccount,
    hours: float,
    assets: Mapping[str, float] | None = None,
    **policy: Any,
) -> None:
    """Kill the rebalancer and start another on what it has written down."""
    written = account.rebalancer.state.model_dump_json()
    settings = account.rebalancer.policy.settings.model_copy(update=policy)
    if assets is not None:
        account.held = {name: account.held.get(name, 0.0) for name in assets}
        account.prices = dict(assets)
        account.assets = tuple(assets)
        account.rules = make_rules(len(assets), minimum=0.01)
    account.rebalancer = DrivenRebalancer(settings, account.assets, "USDT")
    state = State.model_validate_json(written)
    account.rebalancer.resume(state, START + timedelta(hours=hours))


def allocated(**policy: Any) -> SimulatedAccount:
    settings = make_settings(targets=HALVES, **policy)
    account = SimulatedAccount(settings, {"BTC": 1.0, "ETH": 1.0}, 1000)
    account.at(0)
    account.at(1)
    return account


def test_the_period_grid_goes_on() -> None:
    account = allocated(period="24h")
    restart(account, 23)
    assert account.at(23.9, BTC=1.2) == {}
    assert account.at(24) == {"BTC": -50, "ETH": 50}
    restart(account, 25)
    assert account.at(25, BTC=2.0) == {}


def test_boundaries_missed_while_it_was_dead_count_as_one() -> None:
    account = allocated(period="24h")
    account.prices["BTC"] = 1.2
    restart(account, 80)
    assert account.at(80) == {"BTC": -50, "ETH": 50}
    account.at(81)
    assert account.at(95.9, BTC=2.0) == {}


def test_a_changed_period_waits_for_its_next_boundary() -> None:
    account = allocated(period="24h")
    restart(account, 20, period="8h")
    assert account.at(20, BTC=1.2) == {}
    assert account.at(24) == {"BTC": -50, "ETH": 50}


def test_nothing_is_allocated_twice() -> None:
    account = allocated(threshold=0.1)
    restart(account, 2)
    assert account.at(2) == {}
    assert account.rebalancer.round is None


def test_an_open_round_is_finished_and_not_repeated() -> None:
    account = allocated(threshold=0.05)
    account.at(2, BTC=1.5)
    current = account.rebalancer.round
    assert current is not None
    account.held["ETH"] -= 40  # of the 125 it was to buy, 85 were bought before the kill
    account.cash += 40
    account._fills["ETH"] = Fill(bought=account._fills["ETH"].bought - 40)
    restart(account, 3)
    resumed = account.rebalancer.round
    assert resumed is not None
    assert (resumed.tag, resumed.tries) == (current.tag, 1)
    assert account.at(3) == {"ETH": 40}
    account.at(4)
    assert account.rebalancer.round is None


def test_rounds_are_counted_on() -> None:
    account = allocated(threshold=0.05)
    restart(account, 2)
    account.at(2, BTC=1.5)
    assert account.rebalancer.round is not None
    assert account.rebalancer.round.number == 1


def test_changed_targets_start_a_round() -> None:
    account = allocated(threshold=0.4)
    restart(account, 2, targets={"BTC": 0.3, "ETH": 0.7})
    assert account.at(2) == {"BTC": -200, "ETH": 200}
    assert str(account.rebalancer.round and account.rebalancer.round.reason) == "targets changed"


def test_an_asset_that_is_added_is_bought() -> None:
    account = allocated(threshold=0.4)
    prices = {"BTC": 1.0, "ETH": 1.0, "SOL": 1.0}
    restart(account, 2, prices, targets={"BTC": 0.4, "ETH": 0.4, "SOL": 0.2})
    assert account.at(2) == {"BTC": -100, "ETH": -100, "SOL": 200}


def test_an_asset_that_is_added_without_a_weight_changes_nothing() -> None:
    account = allocated(threshold=0.4)
    prices = {"BTC": 1.0, "ETH": 1.0, "SOL": 1.0}
    restart(account, 2, prices, targets={"BTC": 0.5, "ETH": 0.5, "SOL": 0.0})
    assert account.rebalancer.state.asked is None
    assert account.at(2) == {}


def test_a_new_portfolio_has_done_nothing() -> None:
    policy = Policy(make_settings(targets=HALVES), ("BTC", "ETH"), "USDT")
    state = begun(policy)
    assert (state.number, state.served, state.failures, state.flows) == (0, 0, 0, 0)
    assert (state.targets, state.period) == ({**HALVES, "USDT": 0.0}, "24h")
    assert begun(policy, 7) == state.changed(number=7)


def test_an_asset_that_is_removed_is_sold_completely() -> None:
    account = allocated(threshold=0.4)
    restart(account, 2, targets={"BTC": 1.0, "ETH": 0.0})
    assert account.at(2) == {"ETH": -500, "BTC": 500}


def test_an_asset_that_was_sold_completely_is_forgotten() -> None:
    account = allocated(threshold=0.4)
    restart(account, 2, targets={"BTC": 1.0, "ETH": 0.0})
    account.at(2)
    account.at(3)
    restart(account, 4, {"BTC": 1.0}, targets={"BTC": 1.0})
    assert account.rebalancer.state.asked is None


def test_changed_targets_drop_the_round_that_was_open_for_others() -> None:
    account = allocated(threshold=0.05)
    account.at(2, BTC=1.5)
    restart(account, 3, targets={"BTC": 0.3, "ETH": 0.7})
    assert account.rebalancer.round is None
    account.at(3)
    assert account.rebalancer.round is not None
    assert account.rebalancer.round.reason.cause == Cause.TARGETS_CHANGED


@pytest.mark.parametrize("sold", [1.0, 0.5])
@pytest.mark.parametrize("scope", ["all", "drifted", "fewest"])
def test_what_is_sold_by_hand_stays_out_until_told(scope: str, sold: float) -> None:
    account = allocated(threshold=0.05, scope=scope)
    account.cash += account.held["ETH"] * sold
    account.held["ETH"] *= 1 - sold
    account.rebalancer.hands_off("ETH")
    assert account.at(2) == {}
    assert account.at(3, BTC=1.05) == {}
    assert "ETH" not in account.at(4, BTC=1.3)
    assert "ETH" not in account.at(5, BTC=1.0)
    account.rebalancer.hands_off()
    account.rebalancer.forget(["ETH"])
    assert account.at(6)["ETH"] == pytest.approx(500 * sold, rel=0.2)


def test_a_round_that_is_asked_for_starts_whatever_the_policy() -> None:
    account = allocated(threshold=0.4, cooldown="24h")
    account.rebalancer.ask(Cause.ASKED)
    assert account.at(2, BTC=1.2) == {"BTC": -50, "ETH": 50}
    account.at(3)
    assert account.at(4) == {}
