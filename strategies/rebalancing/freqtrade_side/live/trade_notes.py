"""Notes beside a trade for FreqUI, REST and Telegram: its weight and its rounds."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from freqtrade.persistence import CustomDataWrapper, Trade
from sqlalchemy import select

from rebalancing.account.members import Member, members_of
from rebalancing.config.policy_words import next_round
from rebalancing.freqtrade_side.live.memory import Memory
from rebalancing.freqtrade_side.records import own_orders
from rebalancing.freqtrade_side.setup.configuration import Setup
from rebalancing.numbers import minute, points, weight
from rebalancing.policy.drift import threshold_vector, tolerance_bands
from rebalancing.policy.period import next_boundary

logger = logging.getLogger("rebalancing")

REFRESHED_EVERY = timedelta(minutes=5)
"""How often a weight is written again though nothing but prices has changed: each text that differs
is a commit."""


class TradeNotes:
    """Keeps freqtrade's own data of each open trade up to date."""

    def __init__(self, setup: Setup, memory: Memory) -> None:
        self._setup = setup
        self._memory = memory
        self._bands: dict[str, float] = {}
        self._written: dict[int, dict[str, str]] = {}
        self._shown: tuple[object, ...] = ()
        self._shown_at = datetime.min.replace(tzinfo=UTC)
        settings = setup.settings
        if settings.threshold is not None:
            thresholds = threshold_vector(settings.threshold, setup.assets, setup.stake)
            relative = settings.threshold_kind == "relative"
            bands = tolerance_bands(thresholds, setup.targets, relative).tolist()
            self._bands = dict(zip(setup.assets, bands, strict=False))

    def show(self, now: datetime) -> None:
        """Write what a person would see change; no round depends on it, so no error gets out."""
        state = self._memory.state
        rounds = (state.number, state.round is None, state.served)
        facts = (*rounds, state.known_trades, self._memory.is_held)
        if facts == self._shown and now - self._shown_at < REFRESHED_EVERY:
            return
        self._shown, self._shown_at = facts, now
        try:
            self._write()
        except Exception as error:
            Trade.rollback()
            logger.info(f"the weights beside the trades are not up to date: {error}")

    def _write(self) -> None:
        state, setup = self._memory.state, self._setup
        known = select(Trade.base_currency, Trade.id, Trade.is_open)
        rows = Trade.session.execute(known.where(Trade.is_open | Trade.id.in_(self._written)))
        members = {m.asset: m for m in members_of(state, setup.stake, {})}
        written = {}
        for asset, number, is_open in rows.all():  # a deleted trade is not among them
            if not is_open:
                self._set(number, {"next_round": "none, the trade is closed"})
            elif asset in members:
                written[number] = self._set(number, self._notes_of(members[asset]))
        self._written = written

    def _set(self, number: int, texts: dict[str, str]) -> dict[str, str]:
        known = self._written.get(number) or _written_before(number)
        for key, text in texts.items():
            if known.get(key) != text:
                CustomDataWrapper.set_custom_data(number, key, text)
        return texts

    def _notes_of(self, member: Member) -> dict[str, str]:
        asset, drift, target = member.asset, member.drift, member.target or 0.0
        marks = own_orders.marks(f"{asset}/{self._setup.stake}")
        held, boundary = self._memory.is_held, next_boundary(self._memory.state)
        band = self._bands.get(asset)
        coming = next_round(self._setup.settings, boundary, target, band)
        return {
            "target": weight(target),
            "weight": weight(member.weight, missing="unknown"),
            "drift": member.note or points(drift, "+", 1, missing="unknown"),
            "last_round": f"{marks[-1][1]}, {minute(marks[-1][0])} UTC" if marks else "none",
            "next_round": f"none until resume: {held}" if held else coming,
        }


def _written_before(number: int) -> dict[str, str]:
    found = CustomDataWrapper.get_custom_data(trade_id=number)
    return {entry.cd_key: str(entry.value) for entry in found}
