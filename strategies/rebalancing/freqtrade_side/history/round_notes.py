"""Notes of rounds in the journal of a bot or of a backtest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rebalancing.performance.record import LeftOut, RoundNote


def round_notes(events: Iterable[Mapping[str, Any]]) -> dict[int, RoundNote]:
    """Collect what events say of rounds, by number.

    Parameters
    ----------
    events : iterable of mapping
        From `journal_file.read_journal`; lines of another form are passed over.

    Notes
    -----
    What the first plan left out counts: a later one speaks of what is left.
    """
    notes: dict[int, RoundNote] = {}
    for event in events:
        try:
            number = int(event["round"])
            if event["event"] == "round":
                notes[number] = RoundNote("under way", _left_out(event), None)
            elif event["event"] == "closed":
                outcome, cost = str(event["outcome"]), event.get("cost")
                known = None if cost is None else float(cost)
                notes[number] = RoundNote(outcome, _left_out(event), known)
        except (KeyError, TypeError, ValueError):
            continue
    return notes


def versions(events: Iterable[Mapping[str, Any]]) -> tuple[str, str]:
    """Return the versions of the package and of freqtrade that wrote the newest of the events.

    Empty where no event tells.
    """
    own, freqtrade = "", ""
    for event in events:
        if isinstance(event, Mapping) and event.get("event") in ("began", "start"):
            own, freqtrade = str(event.get("version", "")), str(event.get("freqtrade", ""))
    return own, freqtrade


def _left_out(event: Mapping[str, Any]) -> tuple[LeftOut, ...]:
    return tuple(
        LeftOut(str(item["asset"]), float(item["size"]), str(item["why"]))
        for item in event.get("left_out") or ()
    )
