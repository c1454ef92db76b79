"""Seats: the places in a decision where one of several choices sits."""

from __future__ import annotations

from enum import Enum


class Seat(Enum):
    """A place in a decision.

    A key of the settings that is annotated with it names a choice: the function of the member's
    name in small letters, in the file of the key's name, in this folder below policy/.
    """

    WEIGHTS = "weights"
    TRIGGER = "triggers"
    GUARD = "guards"
