"""What a live bot tells: its journal, freqtrade's log, and messages to a person."""

from __future__ import annotations

import logging
from datetime import datetime

from freqtrade.data.dataprovider import DataProvider

from rebalancing.events.event import Event, Standing
from rebalancing.freqtrade_side.records.journal_file import Journal

logger = logging.getLogger("rebalancing")


class Diary:
    """Writes down what happened, once, in the form each reader needs.

    Parameters
    ----------
    journal : Journal
        For scripts and for later.
    dataprovider : DataProvider
        freqtrade's, which sends messages at the end of the loop.
    """

    def __init__(self, journal: Journal, dataprovider: DataProvider) -> None:
        self._journal = journal
        self._dataprovider = dataprovider
        self._standing: dict[str, str] = {}

    def write(self, now: datetime, event: Event) -> None:
        """Write an event to journal and log, and send its message if it has one."""
        self._journal.record(now, event)
        if event.logged is not None:
            logger.info(event.logged)
        if event.message is not None:
            self._dataprovider.send_msg(event.message, always_send=True)

    def change(self, now: datetime, event: Standing) -> None:
        """Write what lasts if it is not what was so before."""
        if self._standing.get(event.kind, "") != event.fact:
            self._standing[event.kind] = event.fact
            self.write(now, event)
