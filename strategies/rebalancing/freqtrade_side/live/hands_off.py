"""Assets that a person has taken into their own hands: they stay as they are until `resume`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rebalancing.events.account import EverythingSold, TakenOver, TradeDeleted
from rebalancing.freqtrade_side.live import ended_trades
from rebalancing.freqtrade_side.live.diary import Diary
from rebalancing.freqtrade_side.live.memory import Memory
from rebalancing.freqtrade_side.present.snapshots import Snapshots
from rebalancing.freqtrade_side.records.own_orders import Holding
from rebalancing.policy.policy import Policy


@dataclass(frozen=True)
class _Found:
    """Assets that were wanted, by what became of them."""

    deleted: frozenset[str]
    sold: frozenset[str]
    reduced: frozenset[str]

    @property
    def assets(self) -> frozenset[str]:
        return self.deleted | self.sold | self.reduced


class HandsOff:
    """Notices what was sold by hand, and whose trade was deleted."""

    def __init__(self, policy: Policy, snapshots: Snapshots, memory: Memory, diary: Diary) -> None:
        self._setup = snapshots.setup
        self._account = snapshots.account
        self._policy = policy
        self._memory = memory
        self._diary = diary
        self._reduced: frozenset[str] = frozenset()
        self._seen: object = None

    def look(self, now: datetime, held: Mapping[str, Holding]) -> None:
        """Keep hands off what a person has sold or deleted; `held` are the open trades by pair."""
        before, wanted = set(self._memory.state.hands_off), self._wanted()
        found = self._found(now, held, wanted)
        out = found.assets
        if out == before:
            return
        self._memory.note(hands_off=tuple(a for a in self._setup.assets if a in out))
        if new := out - before:
            self._tell(now, found, new, everything=found.deleted | found.sold == wanted)

    def _wanted(self) -> set[str]:
        targets = zip(self._setup.assets, self._policy.targets[:-1], strict=True)
        return {asset for asset, weight in targets if weight > 0}

    def _found(self, now: datetime, held: Mapping[str, Holding], wanted: set[str]) -> _Found:
        absent = {asset for asset in wanted if f"{asset}/{self._setup.stake}" not in held}
        state = self._memory.state
        vanished = absent & {*state.vanished, *self._deleted(now)}
        since = state.resumed_at
        if self._seen != (held, since):  # to look through all orders takes a while
            self._seen = (held, since)
            own = self._account.own
            self._reduced = frozenset(ended_trades.reduced_by_others(own, since))
            self._memory.note(known_trades=ended_trades.known_trades(own))
        self._memory.note(vanished=tuple(sorted(vanished)))
        closed = ended_trades.closed_by_others(self._setup.stake, since) if absent else set()
        return _Found(
            frozenset(vanished),
            frozenset((absent & closed) - vanished),
            self._reduced & (wanted - absent),
        )

    def _deleted(self, now: datetime) -> set[str]:
        """Book what deleted trades had cost: their coins are the portfolio's no longer."""
        gone = ended_trades.deleted(self._memory.state.known_trades)
        for trade in gone:
            self._seen = None
            if not trade.cost:
                continue
            when, amount = self._account.take_out(now, trade.cost)
            self._diary.write(when, TradeDeleted(amount, self._setup.stake, trade.asset))
            self._memory.note(book=self._account.book, flows=self._account.flows)
        return {trade.asset for trade in gone if trade.is_open}

    def _tell(self, now: datetime, found: _Found, new: frozenset[str], everything: bool) -> None:
        if everything and self._memory.state.paused is None:
            self._memory.note(paused=EverythingSold.why)
            self._diary.write(now, EverythingSold())
            return
        deleted, sold, reduced = (kind & new for kind in (found.deleted, found.sold, found.reduced))
        self._diary.write(now, TakenOver(deleted, sold, reduced, self._memory.state.hands_off))
