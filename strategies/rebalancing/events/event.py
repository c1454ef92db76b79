"""What all events have: a line of the journal, a line of the log, and a message or none."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar


class Event(ABC):
    """Something that has happened.

    Attributes
    ----------
    kind : str
        Its name in the journal.
    is_told : bool
        A person gets a message.
    """

    kind: ClassVar[str]
    is_told: ClassVar[bool] = False

    @property
    @abstractmethod
    def text(self) -> str:
        """Say in a line what happened."""

    @property
    def facts(self) -> dict[str, Any]:
        """Return what a script wants to know besides the text."""
        return {}

    @property
    def line(self) -> dict[str, Any]:
        """Return what the journal has of it, without its time and its kind."""
        return {"text": self.text, **self.facts}

    @property
    def logged(self) -> str | None:
        """Return the line of the log; None if it is for the journal alone."""
        return f"{self.kind}: {self.text}"

    @property
    def message(self) -> str | None:
        """Return what a person gets; None if it is nothing to be told of."""
        return f"Rebalancing: {self.text}" if self.is_told else None


class Standing(Event):
    """Something that lasts: it is written when it begins, when it changes, and when it is over."""

    @property
    @abstractmethod
    def fact(self) -> str:
        """Return what is so now; empty if it is over."""
