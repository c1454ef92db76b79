"""`period` and `threshold` as freqtrade's hyperopt parameters."""

from __future__ import annotations

from dataclasses import dataclass

from freqtrade.exceptions import OperationalException
from freqtrade.strategy import CategoricalParameter, DecimalParameter

from rebalancing.durations import parse_duration
from rebalancing.settings import Settings, read_settings

SPACE = "rebalance"
"""Name of the hyperopt space: ``freqtrade hyperopt --spaces rebalance``."""

PERIODS = ("30m", "1h", "4h", "8h", "12h", "24h", "3d", "7d", "14d", "28d")
DECIMALS = 4


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
        settings, problems = read_settings({**self.settings.model_dump(), **values})
        if problems:
            where = "SmartRebalance.json (delete it, or correct it)"
            raise OperationalException("\n".join(f"{where}: {line}" for line in problems))
        return settings

    def origins(self) -> list[str]:
        """Say for each parameter where its value comes from, one line each."""
        now, lines = self.effective(), []
        for name in ("period", "threshold"):
            value, configured = getattr(now, name), getattr(self.settings, name)
            if value is not None and value == configured:
                lines.append(f"{name} {value}: from the configuration")
            elif value is not None:
                lines.append(
                    f"{name} {value}: from the parameter file SmartRebalance.json, "
                    f"instead of {configured} in the configuration"
                )
        return lines
