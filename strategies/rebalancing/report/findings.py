"""All that a report shows of one record, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rebalancing.freqtrade_side.history.risk import Risk, annualised, measure_risk
from rebalancing.market.portfolio import Vector
from rebalancing.performance.asset_table import AssetRow, asset_rows
from rebalancing.performance.attribution import Attribution, attribute, subsidies
from rebalancing.performance.bands import bands_of, outside_bands
from rebalancing.performance.calendar_returns import (
    BestAndWorst,
    CalendarReturn,
    best_and_worst,
    monthly_returns,
    yearly_returns,
)
from rebalancing.performance.candle_spans import CandleSpan, candle_spans, stranded
from rebalancing.performance.closing import Closing, close_portfolio
from rebalancing.performance.constant_mix import constant_mix, tracking_error
from rebalancing.performance.correlation import Diversification, correlations, diversification
from rebalancing.performance.drawdowns import Drawdown, deepest_drawdowns
from rebalancing.performance.hodl import Hodl, hold
from rebalancing.performance.premium_path import PremiumPath, premium_path
from rebalancing.performance.record import Record
from rebalancing.performance.returns import DAYS_A_YEAR, money_weighted_growth, unit_values
from rebalancing.performance.rolling import Rolling, rolling
from rebalancing.performance.round_table import RoundRow, round_rows
from rebalancing.performance.sensitivity import CostScenario, cost_scenarios
from rebalancing.performance.starts import Starts, starts
from rebalancing.performance.subsidised import Subsidised, subsidised_assets
from rebalancing.performance.summary import Summary, summarise


@dataclass(frozen=True, eq=False)
class Findings:
    """What follows from a record; everything over time has shape (moments, ...)."""

    record: Record

    @cached_property
    def summary(self) -> Summary:
        """The figures of ``rebalance summary``."""
        return summarise(self.record.history)

    @cached_property
    def closing(self) -> Closing:
        """The end of the portfolio."""
        return close_portfolio(self.record.history)

    @cached_property
    def hodl(self) -> Hodl:
        """The initial allocation, held."""
        return hold(self.record.history)

    @cached_property
    def nav(self) -> Vector:
        """NAV; of a backtest the last one is after the closing."""
        return self._ended(self.record.history.nav(), self.closing)

    @cached_property
    def hodl_nav(self) -> Vector:
        """NAV of HODL, likewise."""
        held = self.record.history.value_of(self.hodl.amounts, self.hodl.cash)
        return self._ended(held, self.hodl.closing)

    @cached_property
    def premium(self) -> Vector:
        """NAV - HODL NAV, were both sold at that moment, after the fee."""
        history = self.record.history
        premium = self._sold(history.amounts, history.cash()) - self.hodl_sold
        premium[-1] = self.summary.premium
        return premium

    @cached_property
    def hodl_sold(self) -> Vector:
        """NAV of HODL, were it sold at that moment, after the fee."""
        sold = self._sold(self.hodl.amounts, self.hodl.cash)
        sold[-1] = self.hodl.closing.sold
        return sold

    @cached_property
    def premium_path(self) -> PremiumPath:
        """The premium in parts of HODL, with its extremes."""
        return premium_path(self.record.history, self.premium, self.hodl_sold)

    @cached_property
    def flows(self) -> Vector:
        """Cash flow between each moment and the next one."""
        return self.record.history.flow_after()

    @cached_property
    def units(self) -> Vector:
        """What one unit in the portfolio is worth, cash flows taken out."""
        return unit_values(self.nav, self.flows)

    @cached_property
    def hodl_units(self) -> Vector:
        """What one unit in HODL is worth."""
        return unit_values(self.hodl_nav, self.flows)

    @cached_property
    def mix_units(self) -> Vector:
        """What one unit in the frictionless constant mix is worth."""
        return constant_mix(self.record.history)

    @cached_property
    def weights(self) -> Vector:
        """Weight of each member."""
        return self.record.history.shown_weights()

    @cached_property
    def drift(self) -> Vector:
        """Drift of each member, NaN for what is unavailable and before the initial allocation."""
        drift = self.record.history.drift()
        drift[~self.record.history.allocated] = np.nan
        return drift

    @cached_property
    def bands(self) -> Vector | None:
        """Half-width of each member's band; None without a threshold."""
        return bands_of(self.record.history, self.record.settings)

    @cached_property
    def time_outside(self) -> float | None:
        """Share of the moments at which any member was outside its band."""
        if self.bands is None:
            return None
        return float(outside_bands(self.record.history, self.bands).mean())

    @cached_property
    def attribution(self) -> Attribution:
        """Where the change of the NAV came from."""
        return attribute(self.record.history)

    @cached_property
    def received(self) -> Vector:
        """What each member has received from the others, a row more for the end."""
        return subsidies(self.record.history)

    @cached_property
    def subsidised(self) -> list[Subsidised]:
        """Falling assets that the others paid for."""
        return subsidised_assets(self.record.history, self.received)

    @cached_property
    def rows(self) -> list[RoundRow]:
        """The rounds."""
        return round_rows(self.record)

    @cached_property
    def risk(self) -> Risk:
        """Return and risk of the portfolio."""
        return measure_risk(self.record.history.time, self.units)

    @cached_property
    def hodl_risk(self) -> Risk:
        """Return and risk of HODL."""
        return measure_risk(self.record.history.time, self.hodl_units)

    @cached_property
    def tracking_error(self) -> float | None:
        """Yearly, against the frictionless constant mix."""
        return tracking_error(self.record.history, self.units, DAYS_A_YEAR)

    @cached_property
    def months(self) -> list[CalendarReturn]:
        """Returns and premium by month, oldest first."""
        return monthly_returns(self.record.history.time, self.units, self.hodl_units)

    @cached_property
    def years(self) -> list[CalendarReturn]:
        """Returns and premium by calendar year, oldest first."""
        return yearly_returns(self.record.history.time, self.units, self.hodl_units)

    @cached_property
    def best_and_worst(self) -> BestAndWorst | None:
        """Best and worst day and month; None for a run within one day."""
        return best_and_worst(self.record.history.time, self.units, self.months)

    @cached_property
    def drawdowns(self) -> list[Drawdown]:
        """The five deepest of the portfolio, the deepest first."""
        return deepest_drawdowns(self.record.history.time, self.units)

    @cached_property
    def rolling(self) -> Rolling:
        """Return and volatility of the portfolio over the last 30 days."""
        return rolling(self.record.history.time, self.units)

    @cached_property
    def hodl_rolling(self) -> Rolling:
        """Return and volatility of HODL over the last 30 days."""
        return rolling(self.record.history.time, self.hodl_units)

    @cached_property
    def starts(self) -> Starts:
        """The premium by day of the start."""
        return starts(self.record.history)

    @cached_property
    def assets(self) -> list[AssetRow]:
        """A row for each member, the stake currency last."""
        return asset_rows(self.record.history, self.attribution, self.received)

    @cached_property
    def correlations(self) -> Vector:
        """Of daily price returns, shape (assets - 1, assets - 1); NaN where too little is known."""
        return correlations(self.record.history)

    @cached_property
    def diversification(self) -> Diversification | None:
        """Diversification return at the mean weights; None where too little is known."""
        weights = np.array([row.mean_weight for row in self.assets[:-1]])
        return diversification(self.record.history, weights)

    @cached_property
    def cost_scenarios(self) -> list[CostScenario]:
        """The premium of the same orders at other fees, and with slippage."""
        return cost_scenarios(self.record.history)

    @cached_property
    def candle_spans(self) -> list[CandleSpan]:
        """Assets whose prices do not cover the run."""
        return candle_spans(self.record.history)

    @cached_property
    def stranded(self) -> dict[str, float]:
        """By asset, the fraction of the NAV at the end that is in coins without candles."""
        return stranded(self.record.history)

    @property
    def seconds(self) -> float:
        """From the first moment to the last."""
        return float(self.record.history.time[-1] - self.record.history.time[0])

    @cached_property
    def money_growth(self) -> float:
        """Growth of the money over the whole time, 1.1 for 10 %; NaN if none explains the end."""
        history, orders = self.record.history, self.record.history.executions
        kind = orders.in_kind != 0
        return money_weighted_growth(
            history.start,
            np.concatenate([history.flows.time, orders.time[kind]]),
            np.concatenate([history.flows.amount, orders.in_kind[kind]]),
            float(history.time[0]),
            float(history.time[-1]),
            float(self.nav[-1]),
        )

    @property
    def money_annual(self) -> float | None:
        """Money-weighted return, compounded to a year; None for less than four weeks."""
        return annualised(self.money_growth, self.seconds)

    def _sold(self, amounts: Vector, cash: Vector) -> Vector:
        history = self.record.history
        coins = history.value_of(amounts, cash) - cash
        sold: Vector = cash + coins * (1 - history.fee)
        return sold

    def _ended(self, values: Vector, closing: Closing) -> Vector:
        ended = values.copy()
        ended[-1] = closing.sold if self.record.is_sold else closing.value
        return ended
