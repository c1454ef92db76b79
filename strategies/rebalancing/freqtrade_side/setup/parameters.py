"""`period` and `threshold` as freqtrade's hyperopt parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from freqtrade.constants import HYPEROPT_LOSS_BUILTIN
from freqtrade.exceptions import OperationalException
from freqtrade.strategy import CategoricalParameter, DecimalParameter

from rebalancing.config.durations import parse_duration
from rebalancing.config.settings import Settings, read_settings

SPACE = "rebalance"
"""Name of the hyperopt space: ``freqtrade hyperopt --spaces rebalance``."""

PERIODS = ("30m", "1h", "4h", "8h", "12h", "24h", "3d", "7d", "14d", "28d")
DECIMALS = 4
PARAMETER_FILE = "SmartRebalance.json"
"""What freqtrade's hyperopt leaves beside the strategy; it governs every run from then on."""
CONFIGURATION = "configuration"


@dataclass(frozen=True)
class Parameters:
    """The parameters a strategy offers; None for a value that is not optimised.

    Notes
    -----
    A value is optimised if the configuration has one for it that is not a map: a policy without
    a period does not get one behind its user's back.
    """

    settings: Settings
    period: CategoricalParameter | None
    threshold: DecimalParameter | None

    @classmethod
    def of(cls, settings: Settings, timeframe_seconds: int) -> Parameters:
        """Make the parameters, with the configured values as defaults.

        Parameters
        ----------
        settings : Settings
            The ``rebalance`` block.
        timeframe_seconds : int
            Periods below the timeframe are not offered.
        """
        period = threshold = None
        if settings.period is not None:
            choices = [p for p in PERIODS if parse_duration(p).total_seconds() >= timeframe_seconds]
            if settings.period not in choices:
                choices.append(settings.period)
            period = CategoricalParameter(choices, default=settings.period, space=SPACE)
        if isinstance(settings.threshold, float):
            low, high = (0.005, 0.2) if settings.threshold_kind == "absolute" else (0.02, 0.8)
            threshold = DecimalParameter(
                low, high, default=settings.threshold, decimals=DECIMALS, space=SPACE
            )
        return cls(settings, period, threshold)

    def effective(self) -> Settings:
        """Return the settings with the values in force now.

        Notes
        -----
        freqtrade rounds a threshold to four decimals; one that was not changed keeps the digits
        of the configuration.

        Raises
        ------
        OperationalException
            If a parameter file has brought a value that is not allowed: one line for each.
        """
        values: dict[str, object] = {}
        if self.period is not None:
            values["period"] = self.period.value
        configured = self.settings.threshold
        if self.threshold is not None and isinstance(configured, float):
            changed = self.threshold.value != round(configured, DECIMALS)
            values["threshold"] = self.threshold.value if changed else configured
        return _with_values(self.settings, values)

    @property
    def source(self) -> str:
        """Where the policy in force comes from, see `source_of`."""
        return source_of(self.effective(), self.settings)


def recorded_policy(settings: Settings, parameters: Mapping[str, Any]) -> tuple[Settings, str]:
    """Return the policy that a run followed, and where it came from.

    Parameters
    ----------
    settings : Settings
        As configured.
    parameters : mapping
        The "params" of the parameter file that lay beside the strategy; empty if none did.

    Returns
    -------
    tuple of Settings and str
        The second as `source_of` writes it.

    Raises
    ------
    OperationalException
        If the file holds a value that is not allowed.
    """
    offered = Parameters.of(settings, 0)
    names = [name for name in ("period", "threshold") if getattr(offered, name) is not None]
    found = parameters.get(SPACE) or {}
    ran = _with_values(settings, {name: found[name] for name in names if name in found})
    return ran, source_of(ran, settings)


def source_of(ran: Settings, configured: Settings) -> str:
    """Say where a policy comes from.

    "configuration", or what the parameter file brought instead, like "SmartRebalance.json: period
    12h instead of 24h".
    """
    changes = [
        f"{name} {getattr(ran, name)} instead of {getattr(configured, name)}"
        for name in ("period", "threshold")
        if getattr(ran, name) != getattr(configured, name)
    ]
    return f"{PARAMETER_FILE}: {', '.join(changes)}" if changes else CONFIGURATION


def _with_values(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """Put values of the parameter file into the settings."""
    ran, problems = read_settings({**settings.model_dump(), **values})
    if problems:
        where = f"{PARAMETER_FILE} (delete it, or correct it)"
        raise OperationalException("\n".join(f"{where}: {line}" for line in problems))
    return ran


def loss_warning(loss: object) -> str:
    """Warn of a hyperopt loss that cannot judge a portfolio; empty for one that can.

    Parameters
    ----------
    loss : object
        Name of the class, ``hyperopt_loss`` in freqtrade's configuration.
    """
    if loss not in HYPEROPT_LOSS_BUILTIN:
        return ""
    remedy = "use RebalancingLoss (--hyperopt-loss RebalancingLoss --hyperopt-path strategies)"
    if loss == "OnlyProfitHyperOptLoss":
        return f"{loss} counts money, and freqtrade takes a loss above 100 for no result; {remedy}"
    return (
        f"{loss} counts closed trades, and a portfolio closes each position once, at the end: what "
        f"it finds is chance; {remedy}"
    )
