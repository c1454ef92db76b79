"""Lives on a virtual clock: the same seed gives the same, and a fault of the bot is found."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.campaign.__main__ import main
from tests.campaign.actions import Kill, KillAtOrder, Move, Repair, Wait
from tests.campaign.checks import violations
from tests.campaign.hands import SellByHand
from tests.campaign.intruders import LockDatabase, LowLimits
from tests.campaign.life import living
from tests.campaign.scenario import Scenario, draw_scenario
from tests.virtual.ground import virtual_time
from tests.virtual.workers import virtual_workers

PRICES = {"BTC": 60_000.0, "ETH": 3_000.0}
HANGS = 120.0  # seconds after which a life goes on no more


def scenario(*script: Any) -> Scenario:
    drawn = next(
        one
        for one in map(draw_scenario, range(1, 1_000))
        if one.kind == "market" and not one.dry_run and not one.has_period
    )
    block = {"targets": {"BTC": 0.6, "ETH": 0.4}, "threshold": 0.03}
    prices = {**PRICES, "BNB": 500.0}
    return replace(drawn, rebalance=block, prices=prices, cash=5_000.0, script=script)


KILLED_AT_AN_ORDER = scenario(Wait(1), KillAtOrder(PRICES))
KILLED_ANYWHERE = scenario(Wait(3), Move({"BTC": 70_000.0}), Kill(0.11), Wait(1))


@pytest.fixture
def worker() -> Iterator[ProcessPoolExecutor]:
    with virtual_workers(1) as pool:
        yield pool


def lived(life_of: Scenario, folder: Path) -> tuple[bytes, list[str]]:
    """Return the journal and freqtrade's orders, and the violations; the folder goes."""
    with living(life_of, folder, virtual_time) as life:
        evidence = life.play()
        journal = life.bot.records.journal_text
    shutil.rmtree(folder)
    orders = [(order["order_id"], order["order_date"]) for order in evidence.kept_orders]
    return f"{journal}{orders}".encode(), violations(evidence)


def forget_intents() -> None:
    """Let bots send an order before they have written down that they will."""
    from rebalancing.freqtrade_side.live.execution import Execution

    intend = Execution._intend

    def only_in_memory(self: Any, *arguments: Any) -> None:
        self._memory.save = lambda *_: None
        intend(self, *arguments)
        del self._memory.save

    Execution._intend = only_in_memory


def test_the_same_seed_gives_the_same_life_to_the_byte(
    worker: ProcessPoolExecutor, tmp_path: Path
) -> None:
    lives = [
        worker.submit(lived, one, tmp_path / "life").result()
        for one in (KILLED_ANYWHERE, KILLED_AT_AN_ORDER, KILLED_ANYWHERE)
    ]
    assert [found for _, found in lives] == [[]] * 3
    first, other, again = [written for written, _ in lives]
    assert b'"event": "order"' in first
    assert b'"resumed": true' in first
    assert again == first != other


def test_a_bot_that_does_not_keep_its_intents_is_found_out(
    worker: ProcessPoolExecutor, tmp_path: Path
) -> None:
    worker.submit(forget_intents).result()
    _, found = worker.submit(lived, KILLED_AT_AN_ORDER, tmp_path / "life").result()
    assert any("freqtrade does not know it" in sentence for sentence in found), found


def test_its_api_is_asked_only_while_it_holds_nothing_that_the_api_waits_for(
    worker: ProcessPoolExecutor, tmp_path: Path
) -> None:
    waiting_within_a_loop = LockDatabase({**PRICES, "BTC": 75_000.0}, seconds=0.5)
    life = scenario(Wait(3), waiting_within_a_loop, SellByHand("ETH"), Wait(3))
    written, found = worker.submit(lived, life, tmp_path / "life").result(timeout=HANGS)
    assert b"ETH sold by hand" in written
    assert found == []


def test_a_bot_may_end_at_its_start_where_it_may_ask_for_too_little(
    worker: ProcessPoolExecutor, tmp_path: Path
) -> None:
    limits = LowLimits(weight=5, orders=1, ban_after=2)
    life = scenario(Wait(3), limits, Kill(0.1), *[Wait(3)] * 6, Repair())
    _, found = worker.submit(lived, life, tmp_path / "life").result()
    assert found == []


def test_the_first_round_ends_before_the_hour_that_brings_a_boundary(
    worker: ProcessPoolExecutor, tmp_path: Path
) -> None:
    block = {"targets": {"BTC": 0.5, "ETH": 0.5}, "period": "1h", "maker": "1m"}
    script = (Wait(1), Move({"BTC": 72_000.0}), Wait(1))  # before its first orders are filled
    life = replace(scenario(*script), kind="maker", rebalance=block)
    written, found = worker.submit(lived, life, tmp_path / "life").result()
    assert found == []
    assert b'"period"' in written


@pytest.mark.parametrize("kind", ["limit", "maker"])
def test_nothing_moves_the_prices_of_a_calm_end_but_orders_that_rest(
    worker: ProcessPoolExecutor, tmp_path: Path, kind: str
) -> None:
    block = {"targets": {"BTC": 0.5, "ETH": 0.3, "USDT": 0.2}, "threshold": 0.003}
    block |= {"maker": "1m"} if kind == "maker" else {}
    resting = replace(scenario(Wait(3)), kind=kind, rebalance=block)
    written, found = worker.submit(lived, resting, tmp_path / "life").result()
    assert found == []
    assert written.count(b'"event": "round"') == 1, "a move that lasts is a drift of its own"


def test_the_command_runs_virtual_seeds() -> None:
    ran = CliRunner().invoke(main, ["--virtual", "--seeds", "1", "--jobs", "1", "--steps", "1"])
    assert ran.exit_code == 0, ran.output
    assert "seed 1: ok" in ran.output
