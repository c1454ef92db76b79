"""What ``rebalance status`` makes of the state, the trades and the orders of a bot."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from freqtrade.persistence import Order, Trade

from rebalancing.freqtrade_side.outside.bot_status import SILENT_AFTER, SignsOfLife, bot_status
from rebalancing.freqtrade_side.records import commands, store
from rebalancing.freqtrade_side.records.lease import take_lease
from rebalancing.freqtrade_side.records.pulse import Pulse
from rebalancing.policy.reason import Cause, Reason
from rebalancing.rounds.round import Round
from rebalancing.state import State
from tests.support.command_lines import TARGETS, dry_run_database, rebalance

MINUTE = timedelta(minutes=1)
NOW = datetime.now(UTC).replace(microsecond=0)
"""When the test began: a bot that was heard of minutes ago is silent."""


@pytest.fixture(autouse=True)
def _begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.NOW", datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return a folder with a configuration and a database, open here as in the bot, which this
    process is: it has the lease."""
    with dry_run_database(tmp_path):
        take_lease(f"sqlite:///{tmp_path}/tradesv3.dryrun.sqlite")
        yield tmp_path


def make_order(pair: str, side: str, amount: float, price: float, tag: str) -> Order:
    number = f"{pair} {side} {tag}"
    return Order(
        ft_order_side=side,
        ft_pair=pair,
        ft_is_open=False,
        ft_amount=amount,
        ft_price=price,
        ft_order_tag=tag,
        order_id=number,
        status="closed",
        price=price,
        average=price,
        amount=amount,
        filled=amount,
        order_date=NOW - 5 * MINUTE,
        order_filled_date=NOW - 5 * MINUTE,
    )


def buy(asset: str, amount: float, price: float) -> Trade:
    """Write the trade with which the initial allocation bought an asset."""
    pair = f"{asset}/USDT"
    trade = Trade(
        pair=pair,
        base_currency=asset,
        stake_currency="USDT",
        exchange="binance",
        stake_amount=amount * price,
        amount=amount,
        open_rate=price,
        fee_open=0.001,
        fee_close=0.001,
        is_open=True,
        open_date=NOW - 60 * MINUTE,
    )
    trade.orders.append(make_order(pair, "buy", amount, price, "r0 initial"))
    Trade.session.add(trade)
    return trade


def save_state(**facts: Any) -> None:
    """Write the state of a bot that holds 500, 250 and 200 of 1,000, and 50 in cash."""
    known = {
        "at": NOW,
        "targets": {**TARGETS, "USDT": 0.0},
        "number": 2,
        "period": "1h",
        "origin": NOW - 90 * MINUTE,
        "served": 1,
        "cash": 50.0,
        "nav": 1000.0,
        "weights": {"BTC": 0.5, "ETH": 0.25, "SOL": 0.2, "USDT": 0.05},
        "drifts": {"BTC": 0.0025, "ETH": -0.0485, "SOL": 0.001, "USDT": 0.045},
        "prices": {"BTC": 50_000.0, "ETH": 2_500.0, "SOL": 100.0},
        "checked_at": NOW,
    }
    store.save_state(State(**(known | facts)).model_dump(mode="json"))


def hold_the_portfolio() -> Trade:
    """Write its trades; return that of BTC."""
    bitcoin = buy("BTC", 0.01, 50_000)
    buy("ETH", 0.1, 2_500)
    buy("SOL", 2, 100)
    Trade.commit()
    return bitcoin


def read_status(folder: Path) -> dict[str, Any]:
    run = rebalance(folder, "status", "--json")
    assert (run.returncode, run.stderr) == (0, "")
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_status_of_a_bot_that_has_not_checked_anything(folder: Path) -> None:
    assert read_status(folder)["status"]["condition"] == "not started"
    assert "not started" in rebalance(folder, "status").stdout


def test_status_shows_the_figures_of_the_newest_check(folder: Path) -> None:
    hold_the_portfolio()
    save_state()
    status = read_status(folder)["status"]
    assert (status["condition"], status["nav"], status["cash"]) == ("running", 1000, 50)
    drift = {member["asset"]: member["drift"] for member in status["members"]}
    assert drift == {"BTC": 0.0025, "ETH": -0.0485, "SOL": 0.001, "USDT": 0.045}
    values = {member["asset"]: member["value"] for member in status["members"]}
    assert values == pytest.approx({"BTC": 500, "ETH": 250, "SOL": 200, "USDT": 50})


def test_status_says_what_was_sold_by_hand(folder: Path) -> None:
    save_state(hands_off=("SOL",), drifts={"BTC": 0.0, "ETH": 0.0, "USDT": 0.0})
    status = read_status(folder)["status"]
    drift = {member["asset"]: member["drift"] for member in status["members"]}
    assert drift == {"BTC": 0, "ETH": 0, "SOL": None, "USDT": 0}
    assert [m["asset"] for m in status["members"] if m["note"] == "hands off"] == ["SOL"]


@pytest.mark.parametrize(
    ("facts", "condition", "why"),
    [
        pytest.param({"paused": "paused by command"}, "paused", "paused by command", id="paused"),
        pytest.param({"stopped": "too much"}, "stopped", "too much", id="stopped"),
        pytest.param({"stopped": "too much", "paused": "me"}, "stopped", "too much", id="both"),
    ],
)
def test_status_says_why_nothing_happens(
    folder: Path, facts: dict[str, str], condition: str, why: str
) -> None:
    save_state(**facts)
    status = read_status(folder)["status"]
    assert (status["condition"], status["why"]) == (condition, why)


HELD = {"paused": "me"}


@pytest.mark.parametrize(
    ("facts", "holder", "freqtrade", "heard", "expected"),
    [
        pytest.param({}, "process 7", "running", 1, ("running", None), id="running"),
        pytest.param({}, "process 7", "paused", 1, ("paused by freqtrade", None), id="/pause"),
        pytest.param({}, "process 7", "stopped", 99, ("stopped by freqtrade", None), id="/stop"),
        pytest.param(
            HELD, "process 7", "stopped", 1, ("stopped by freqtrade", "paused: me"), id="both"
        ),
        pytest.param({}, "process 7", "running", 99, ("silent", None), id="it hangs"),
        pytest.param({}, None, "running", 99, ("silent", None), id="no lease is known"),
        pytest.param({}, None, "running", 1, ("running", None), id="no lease is needed"),
        pytest.param({}, "", "running", 1, ("not running", None), id="killed"),
        pytest.param(HELD, "", "running", 1, ("not running", "paused: me"), id="killed in pause"),
        pytest.param(HELD, "process 7", "paused", 1, ("paused", "me"), id="paused twice"),
        pytest.param({}, "process 7", None, 1, ("running", None), id="from another machine"),
    ],
)
def test_status_tells_a_bot_that_does_nothing_from_one_that_runs(
    facts: dict[str, str], holder: str | None, freqtrade: str | None, heard: int, expected: Any
) -> None:
    at = NOW - heard * SILENT_AFTER / 10
    pulse = None if freqtrade is None else Pulse(at, freqtrade)
    state = State(**({"targets": TARGETS, "at": at} | facts))
    found = bot_status(state, "USDT", {}, {}, SignsOfLife(NOW, holder, pulse))
    assert (found.condition, found.why) == expected


def test_status_names_the_next_boundary_of_the_period(folder: Path) -> None:
    save_state()
    boundary = datetime.fromisoformat(read_status(folder)["status"]["boundary"])
    assert boundary == NOW + 30 * MINUTE


def test_status_shows_what_the_open_round_has_left(folder: Path) -> None:
    bitcoin = hold_the_portfolio()
    reason = Reason(Cause.THRESHOLD, "BTC", 0.034)
    tag = "r1 threshold BTC +3.4pp"
    bitcoin.orders.append(make_order("BTC/USDT", "sell", 0.001, 51_000, tag))
    Trade.commit()
    current = Round(
        number=1,
        reason=reason,
        started=NOW - 6 * MINUTE,
        ordered_at=None,
        destination={},
        members=("BTC", "ETH"),
        goals={"BTC": (0.003, 0.0), "ETH": (0.0, 60.0)},
        tries=2,
    )
    save_state(round=current)
    report = read_status(folder)
    current_round = report["status"]["round"]
    assert (current_round["tag"], current_round["tries"]) == (tag, 2)
    assert current_round["left"] == pytest.approx({"BTC": -0.002 * 50_000, "ETH": 60})
    assert [past["tag"] for past in report["rounds"]] == [tag, "r0 initial"]
    newest, initial = report["rounds"]
    assert (newest["orders"], newest["bought"], newest["sold"]) == (1, 0, pytest.approx(51))
    assert (initial["orders"], initial["bought"]) == (3, pytest.approx(950))
    shown = rebalance(folder, "status").stdout
    for part in (tag, "sell BTC for 100.00 USDT", "buy ETH for 60.00 USDT", "r0 initial"):
        assert part in shown


def test_status_shows_cash_flows_and_what_the_bot_was_asked(folder: Path) -> None:
    save_state()
    store.add_flow(1, NOW - 60 * MINUTE, 1000.0)
    store.add_flow(2, NOW, -12.5)
    commands.post("pause")
    report = read_status(folder)
    assert [amount for _, amount in report["flows"]] == [1000.0, -12.5]
    assert report["waiting"]["do"] == "pause"
    shown = rebalance(folder, "status").stdout
    assert "+1,000.00 USDT" in shown
    assert "-12.50 USDT" in shown


def test_amounts_are_those_that_the_check_counted(folder: Path) -> None:
    """freqtrade's trades know nothing of coins below a lot, or that have left the account."""
    hold_the_portfolio()
    save_state(amounts={"BTC": 0.0104, "ETH": 0.06}, nav=920.0)
    status = read_status(folder)["status"]
    amounts = {member["asset"]: member["amount"] for member in status["members"]}
    assert amounts == {"BTC": 0.0104, "ETH": 0.06, "SOL": 2, "USDT": 50}
    assert sum(member["value"] for member in status["members"]) == pytest.approx(status["nav"])
