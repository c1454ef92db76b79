"""The keeper of a bot in a campaign: which of its endings are faults."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.campaign.keeper import Keeper
from tests.campaign.witnessed import Death

HEARD, DONE = "calling exit\n", "SIGINT received, aborting ...\n"


class Interrupted:
    """A bot that has looped, and how it ends when it is interrupted."""

    alive = True
    loops_of_this_life = 3

    def __init__(self, status: int, presses: int, words: str) -> None:
        self.records = SimpleNamespace(log="")
        self.presses = 0
        self._end = status, presses, words

    def stop(self, presses: int) -> int:
        status, self.presses, words = self._end
        assert self.presses <= presses
        self.records.log += words
        return status


@pytest.mark.parametrize(
    ("status", "presses", "words", "deaths"),
    [
        pytest.param(130, 1, HEARD + DONE, [], id="in order"),
        pytest.param(255, 1, HEARD + DONE, [], id="in order, its status missed"),
        pytest.param(255, 1, HEARD, [255], id="without its last words"),
        pytest.param(1, 1, HEARD + DONE, [1], id="with an error"),
        pytest.param(130, 2, HEARD + DONE, [], id="slowly"),
        pytest.param(255, 2, HEARD, [], id="broken off by a second interrupt"),
        pytest.param(255, 2, "", [255], id="deaf to the first interrupt"),
        pytest.param(1, 2, HEARD, [1], id="with an error at a second interrupt"),
    ],
)
def test_which_ends_of_an_interrupted_bot_are_faults(
    status: int, presses: int, words: str, deaths: list[int]
) -> None:
    seconds = [0.0]
    clock: Any = SimpleNamespace(now=lambda: seconds[0])
    clock.sleep = lambda by: seconds.__setitem__(0, seconds[0] + by)
    bot: Any = Interrupted(status, presses, words)
    keeper = Keeper(bot, clock, lambda: 0, lambda: False)
    keeper.stop()
    assert keeper.deaths == [Death(status, disturbed=False) for status in deaths]
    assert keeper.stubborn is (presses > 1)
