"""Who starts a bot, ends it in order, and starts it again where it has died: a service manager."""

import signal
from collections.abc import Callable

from tests.campaign.checks.traces import OLD_DATABASE
from tests.campaign.clock import Clock
from tests.campaign.witnessed import Death
from tests.support.live_bots import SIGINT_STATUS, UNKNOWN_STATUS, LiveBot

_ABORTING = "SIGINT received, aborting"  # the last words of an interrupted freqtrade
_ENDING = "calling exit"  # what it says when it has been interrupted
_RESTART_SECONDS = 1.0  # until a bot that ended by itself is started again
_LAST_WORDS_SECONDS = 2.0  # for a process that has ended unseen to write them


class Keeper:
    """The one who keeps a bot.

    Parameters
    ----------
    bot
        It is not running yet.
    clock
        Lets time pass.
    disturbances
        Says how much has gone wrong so far on the exchange's side.
    is_wrong
        Says whether something lasts that is wrong there.

    Attributes
    ----------
    starts
        How many times the bot was started.
    deaths
        How it ended by itself, or not as it should.
    stubborn
        It took a second interrupt to end.
    """

    def __init__(
        self,
        bot: LiveBot,
        clock: Clock,
        disturbances: Callable[[], int],
        is_wrong: Callable[[], bool],
    ) -> None:
        self.bot = bot
        self._clock = clock
        self._disturbances = disturbances
        self._is_wrong = is_wrong
        self._seen = 0
        self.starts = 0
        self.deaths: list[Death] = []
        self.stubborn = False

    def start(self) -> None:
        """Start it."""
        self._seen = self._disturbances()
        self.starts += 1
        self.bot.start()

    def kill(self) -> None:
        """Kill it, if it has not ended by itself."""
        if not self.bot.alive:
            self._note_death()
        self.bot.kill()

    def keep_alive(self) -> bool:
        """Start it where it is dead, and tell whether it was."""
        if self.bot.alive:
            return False
        self._note_death()
        if self.bot.status != -signal.SIGKILL:
            self._clock.sleep(_RESTART_SECONDS)
        self.start()
        return True

    def stop(self) -> None:
        """End it in order; interrupted before its first loop freqtrade may end in any way."""
        if not self.bot.alive:
            self._note_death()
        elif self.bot.loops_of_this_life == 0:
            self.bot.kill()
        else:
            self._interrupt()

    def _interrupt(self) -> None:
        # Interrupted within a request, freqtrade may try others while it ends, or wait for a lock
        # of the connection's that the interrupt has left; a person then presses Ctrl-C again.
        begun = len(self.bot.records.log)
        status = self.bot.stop(presses=2)
        if self.bot.presses > 1:
            self.stubborn = True
            if _ENDING not in self.bot.records.log[begun:]:
                self.deaths.append(Death(status, disturbed=False))  # it never heard the first
        # A second interrupt breaks off the end of a bot that heard the first, its last words too.
        is_broken_off = self.bot.presses > 1 or self._has_aborted(begun)
        if status == SIGINT_STATUS or (status == UNKNOWN_STATUS and is_broken_off):
            return
        self.deaths.append(Death(status, disturbed=False))

    def _has_aborted(self, begun: int) -> bool:
        end = self._clock.now() + _LAST_WORDS_SECONDS
        while _ABORTING not in self.bot.records.log[begun:]:
            if self._clock.now() > end:
                return False
            self._clock.sleep(0.05)
        return True

    def _note_death(self) -> None:
        status = self.bot.status
        if status is not None and status >= 0:
            wrong = self._disturbances() > self._seen or self._is_wrong()
            wrong = wrong or OLD_DATABASE in self.bot.records.log[-2000:]
            self.deaths.append(Death(status, disturbed=wrong))
