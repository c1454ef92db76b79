"""A strategy of a user whose loops take long between their decisions and their orders."""

from tests.support.builders import PROJECT
from tests.support.live_bots import LiveBot

_GATE = "gate"  # a file in the bot's folder
_SOURCE = '''
import sys
import time
from pathlib import Path

sys.path.insert(0, {strategies!r})

from SmartRebalance import SmartRebalance


class SlowRebalance(SmartRebalance):
    """Waits before it orders, as long as there is a file."""

    def bot_loop_start(self, current_time, **kwargs):
        super().bot_loop_start(current_time, **kwargs)
        while self.position_adjustment_enable and Path({gate!r}).exists():
            Path({there!r}).touch()
            time.sleep(0.01)
'''


class Gate:
    """Holds a bot up where it has decided and has not ordered yet.

    Parameters
    ----------
    bot
        It is not running yet.
    """

    def __init__(self, bot: LiveBot) -> None:
        self._gate, self._there = bot.folder / _GATE, bot.folder / "there"
        folder = bot.folder / "slow"
        folder.mkdir()
        source = _SOURCE.format(
            strategies=str(PROJECT / "strategies"), gate=str(self._gate), there=str(self._there)
        )
        (folder / "slow.py").write_text(source)
        bot.configure(strategy="SlowRebalance", strategy_path=str(folder))
        self._bot = bot

    def shut(self) -> None:
        """Let the next loop that wants to order wait."""
        self._there.unlink(missing_ok=True)
        self._gate.touch()

    def wait(self) -> None:
        """Wait until a loop waits there."""
        self._bot.wait_for(self._there.exists)

    def open(self) -> None:
        """Let it go on."""
        self._gate.unlink()
