"""How long a round waits for others to trade at its prices."""

from __future__ import annotations

from datetime import datetime

from rebalancing.config.settings import MAKER_TRIES, Settings
from rebalancing.rounds.round import Round


def waits_as_maker(settings: Settings, current: Round | None, now: datetime) -> bool:
    """Tell whether the orders of a round are to wait for others to trade at their prices."""
    patience = settings.maker_duration
    if patience is None or current is None:
        return False
    return current.tries <= MAKER_TRIES and now - current.started < patience


def falls_back(settings: Settings, current: Round | None, now: datetime) -> bool:
    """Tell whether a round that began as maker has waited long enough.

    The rest goes by market orders.
    """
    is_makers = settings.maker is not None and current is not None
    return is_makers and not waits_as_maker(settings, current, now)


def is_overdue(settings: Settings, ordered: datetime, now: datetime) -> bool:
    """Tell whether the resting order of a maker has waited long enough for its price."""
    patience = settings.maker_duration
    return patience is not None and now - ordered >= patience / MAKER_TRIES
