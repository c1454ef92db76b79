"""Requests of a person or a script to the running bot, and their answers."""

from __future__ import annotations

from datetime import datetime, timedelta

from rebalancing.decide import ask, forget
from rebalancing.events.loop import Answered
from rebalancing.freqtrade_side.live.diary import Diary
from rebalancing.freqtrade_side.live.interrupts import uninterrupted
from rebalancing.freqtrade_side.live.memory import Memory
from rebalancing.freqtrade_side.records import commands
from rebalancing.freqtrade_side.records.commands import Command
from rebalancing.policy.reason import Cause

ANSWERED_WITHIN = timedelta(seconds=8)
"""How long an answer may wait for the decision; the command line waits for 15 seconds."""


class Requests:
    """Does what is asked, and answers once it is known what comes of it."""

    def __init__(self, memory: Memory, diary: Diary) -> None:
        self._memory = memory
        self._diary = diary
        self._pending: Command | None = None

    def obey(self, now: datetime, is_running: bool) -> None:
        """Do what is asked.

        Parameters
        ----------
        now : datetime
            UTC.
        is_running : bool
            freqtrade buys as well as it sells.

        Notes
        -----
        Whoever asks for a round is answered in `answer`. Until then the command stays in the
        database: a bot that is killed takes it up again.
        """
        self._pending = None
        command = commands.take()
        if command is None:
            return
        if command.do == "now":
            text = self._ask(now, is_running)
        elif command.do == "pause":
            self._memory.note(paused=self._memory.state.paused or "paused by command")
            text = "paused: nothing is ordered until resume"
        else:
            text = self._resume(now)
        if text is None:
            self._pending = command
        else:
            self._reply(now, command, text)

    def answer(self, now: datetime, decision: str | None, waits_for: str) -> None:
        """Answer whoever asked for a round in this loop.

        Parameters
        ----------
        now : datetime
            UTC.
        decision : str or None
            What was decided; None if nothing was.
        waits_for : str
            What keeps the bot from deciding.
        """
        command = self._pending
        if command is None or (decision is None and now - command.at < ANSWERED_WITHIN):
            return
        later = (
            f"not decided yet, the bot waits for {waits_for}; a message and the journal will tell "
            "what comes of it"
        )
        self._reply(now, command, decision or later)

    def _reply(self, now: datetime, command: Command, text: str) -> None:
        with uninterrupted():
            self._diary.write(now, Answered(command.do, text))
            self._memory.save(now)
            commands.reply(command, text)
        self._pending = None

    def _ask(self, now: datetime, is_running: bool) -> str | None:
        """Ask for a round; return why none can start, None if it is to be decided."""
        if reason := self._memory.state.paused:
            return f"no round starts: {reason}; resume first"
        if not is_running:
            return "no round starts: freqtrade is paused; /start lets it go on"
        if self._memory.state.round is not None:
            return f"{self._memory.state.round.tag} is already open"
        self._end_stop(now)
        self._memory.state = ask(self._memory.state.changed(setbacks={}), Cause.ASKED)
        return None

    def _resume(self, now: datetime) -> str:
        if out := self._memory.state.hands_off:
            self._memory.state = ask(forget(self._memory.state, out), Cause.RESUMED)
        self._memory.note(
            paused=None,
            hands_off=(),
            vanished=(),
            without=tuple(self._memory.state.left_out),
            setbacks={},
            resumed_at=now,
        )
        self._end_stop(now)
        return "resumed"

    def _end_stop(self, now: datetime) -> None:
        """Go on after a limit: a person has looked into what was done until now."""
        if self._memory.state.stopped is not None:
            self._memory.note(stopped=None, limits_from=now)
