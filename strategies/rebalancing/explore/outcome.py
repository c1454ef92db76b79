"""The outcome of a search before it is judged: all that takes time to simulate, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any, Protocol

import numpy as np

from rebalancing.explore.exploration import Block, Figures, Paths, Whole
from rebalancing.market.markets import Markets
from rebalancing.market.portfolio import Vector
from rebalancing.market.prices import PriceMatrix

Arrays = Mapping[str, np.ndarray[Any, Any]]


class Archive(Protocol):
    """Keeps outcomes from one call to the next."""

    def load(self, key: str) -> Arrays | None:
        """Return what was saved under a key; None if nothing is there, or it is damaged."""

    def save(self, key: str, arrays: Arrays) -> None:
        """Keep arrays under a key, if there is room."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of policies.

    Parameters
    ----------
    done : int array
        Places of the policies that were finished, among those that were asked for; all others
        count among these.
    growth : array, shape (done, stretches)
        Logarithms.
    hodl : array, shape (stretches,)
        Of the HODL of the policy that grew most.
    starts : mapping of int to array
        As in `Exploration`; `paths` and `round_times` likewise.
    """

    done: Whole
    figures: Figures
    growth: Vector
    hodl: Vector
    starts: Mapping[int, Vector]
    paths: Paths
    round_times: tuple[Whole, ...] | None

    def arrays(self) -> Arrays:
        """Return it in arrays."""
        found = {name: getattr(self, name) for name in ("done", "growth", "hodl")}
        found |= {f"figures.{one.name}": getattr(self.figures, one.name) for one in fields(Figures)}
        found |= {f"paths.{one.name}": np.array(getattr(self.paths, one.name)) for one in _PATHS}
        found |= {f"starts.{place}": grown for place, grown in self.starts.items()}
        if self.round_times is not None:
            found["rounds.times"] = np.concatenate([*self.round_times, _NONE])
            found["rounds.counts"] = np.array([len(times) for times in self.round_times])
        return found


_PATHS = fields(Paths)
_NONE: Whole = np.zeros(0, dtype=np.int64)


def outcome_of(arrays: Arrays) -> Outcome:
    """Return an outcome from its arrays.

    Raises
    ------
    KeyError
        If one is missing.
    """
    times = None
    if "rounds.counts" in arrays:
        ends = np.cumsum(arrays["rounds.counts"])
        times = tuple(np.split(arrays["rounds.times"], ends)[:-1])
    return Outcome(
        done=arrays["done"],
        figures=Figures(**{one.name: arrays[f"figures.{one.name}"] for one in fields(Figures)}),
        growth=arrays["growth"],
        hodl=arrays["hodl"],
        starts={
            int(name.partition(".")[2]): grown
            for name, grown in arrays.items()
            if name.startswith("starts.")
        },
        paths=Paths(
            times=arrays["paths.times"],
            rows=tuple(arrays["paths.rows"].tolist()),
            nav=arrays["paths.nav"],
            hodl=arrays["paths.hodl"],
        ),
        round_times=times,
    )


def key_of(
    prices: PriceMatrix, markets: Markets, blocks: tuple[Block, ...], *others: object
) -> str:
    """Return a text that differs where an input of a simulation does.

    Parameters
    ----------
    others
        What else counts, with a `repr` that tells all of it.
    """
    found = sha256(repr((prices.assets, prices.first, prices.seconds, blocks, others)).encode())
    for table in (prices.known, prices.opens(), prices.newest()):
        found.update(repr(table.shape).encode())
        found.update(np.ascontiguousarray(table).tobytes())
    for one in fields(Markets):
        value = getattr(markets, one.name)
        found.update(value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode())
    return found.hexdigest()
