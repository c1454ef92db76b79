"""Lives on a virtual clock: the same seed gives the same, and a fault of the bot is found."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from tests.campaign.checks import violations
from tests.campaign.life import living
from tests.campaign.runs import run_virtual_seed
from tests.campaign.scenario import draw_scenario
from tests.virtual.ground import virtual_time
from tests.virtual.workers import virtual_workers

STEPS = 2
SAME = 400_492
KILLED_AT_AN_ORDER = 400_296


@pytest.fixture
def worker() -> Iterator[ProcessPoolExecutor]:
    with virtual_workers(1) as pool:
        yield pool


def journal_of(seed: int, folder: Path) -> bytes:
    """Live in a folder that is gone afterwards; return the journal and the database's orders."""
    with living(draw_scenario(seed, STEPS), folder, virtual_time) as life:
        evidence = life.play()
        assert violations(evidence) == []
        journal = life.bot.records.journal_text
    shutil.rmtree(folder)
    orders = [(order["order_id"], order["order_date"]) for order in evidence.kept_orders]
    return f"{journal}{orders}".encode()


def forget_intents() -> None:
    """Let bots send an order before they have written down that they will."""
    from rebalancing.freqtrade_side.live.ordering import Ordering

    intend = Ordering._intend

    def only_in_memory(self, *arguments) -> None:
        self._memory.save = lambda *_: None
        intend(self, *arguments)
        del self._memory.save

    Ordering._intend = only_in_memory


def test_the_same_seed_gives_the_same_life_to_the_byte(
    worker: ProcessPoolExecutor, tmp_path: Path
) -> None:
    first = worker.submit(journal_of, SAME, tmp_path / "life").result()
    other = worker.submit(run_virtual_seed, KILLED_AT_AN_ORDER, None, STEPS).result()
    again = worker.submit(journal_of, SAME, tmp_path / "life").result()
    assert other.violations == ()
    assert b'"event": "order"' in first
    assert again == first


def test_a_bot_that_does_not_keep_its_intents_is_found_out(worker: ProcessPoolExecutor) -> None:
    worker.submit(forget_intents).result()
    result = worker.submit(run_virtual_seed, KILLED_AT_AN_ORDER, None, STEPS).result()
    assert any("freqtrade does not know it" in sentence for sentence in result.violations)
