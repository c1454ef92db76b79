"""The policy: the settings, spread over the assets of a portfolio."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np

from rebalancing.config.seat import Seat
from rebalancing.config.settings import Settings
from rebalancing.market.portfolio import Mask, Vector
from rebalancing.policy.drift import threshold_vector, tolerance_bands
from rebalancing.policy.weights.configured import target_weights

Choice = Callable[..., Any]
"""The function of a choice; its seat says what it is given and returns."""


@dataclass(frozen=True, eq=False)
class Policy:
    """What is wanted, for good: two runs with the same policy differ in state and view only.

    Parameters
    ----------
    settings : Settings
        Valid.
    assets : tuple of str
        Codes of the assets other than the stake currency, in the order of the configuration.
    stake : str
        Code of the stake currency.
    reserve : float
        Fraction of the NAV that buys leave uninvested.
    """

    settings: Settings
    assets: tuple[str, ...]
    stake: str
    reserve: float = 0.0

    @cached_property
    def members(self) -> tuple[str, ...]:
        """The assets, and the stake currency last."""
        return (*self.assets, self.stake)

    @cached_property
    def targets(self) -> Vector:
        """Target weights as configured, shape (assets + 1,), the cash weight last."""
        return target_weights(self.settings.targets or "equal", self.assets, self.stake)

    @cached_property
    def thresholds(self) -> Vector | None:
        """Thresholds of the members, shape (assets + 1,); None without a threshold."""
        settings = self.settings
        if settings.threshold is None:
            return None
        thresholds = threshold_vector(settings.threshold, self.assets, self.stake)
        targets = settings.targets if isinstance(settings.targets, Mapping) else {}
        if settings.threshold_kind == "relative" and not targets.get(self.stake):
            thresholds[-1] = np.nan  # the reserve that is in force is no target
        return thresholds

    @cached_property
    def period(self) -> timedelta | None:
        """Distance of the boundaries; None without a period."""
        return self.settings.period_duration

    @cached_property
    def cooldown(self) -> timedelta:
        """Smallest time between the starts of two rounds; zero if there is none."""
        return self.settings.cooldown_duration

    @cached_property
    def needs_boundary(self) -> bool:
        """No trigger starts a round between the boundaries of the period."""
        return self.settings.needs_boundary

    @cached_property
    def sources(self) -> tuple[Choice, ...]:
        """What the settings choose to follow on the configured weights."""
        return self._chosen(Seat.WEIGHTS)

    @cached_property
    def triggers(self) -> tuple[Choice, ...]:
        """What the settings choose to be heard beside the triggers that always are."""
        return self._chosen(Seat.TRIGGER)

    @cached_property
    def guards(self) -> tuple[Choice, ...]:
        """What the settings choose to forbid buys."""
        return self._chosen(Seat.GUARD)

    @cached_property
    def no_asset(self) -> Mask:
        """A mask that holds none of the assets; not to be written to."""
        mask = np.zeros(len(self.assets), dtype=bool)
        mask.flags.writeable = False
        return mask

    def mask(self, names: Collection[str]) -> Mask:
        """Tell which assets are among these names, shape (assets,)."""
        if not names:
            return self.no_asset
        return np.array([asset in names for asset in self.assets], dtype=bool)

    def named(self, mask: Mask) -> tuple[str, ...]:
        """Name the assets of a mask."""
        return tuple(asset for asset, is_in in zip(self.assets, mask, strict=True) if is_in)

    def bands(self, targets: Vector) -> Vector | None:
        """Return the half-width of each member's band around targets in force.

        Shape (assets + 1,); None without a threshold.
        """
        if self.thresholds is None:
            return None
        is_relative = self.settings.threshold_kind == "relative"
        return tolerance_bands(self.thresholds, targets, is_relative)

    def _chosen(self, seat: Seat) -> tuple[Choice, ...]:
        return tuple(
            getattr(import_module(f".{seat.value}.{key}", __package__), seat.name.lower())
            for key in self.settings.chosen(seat)
        )
