"""The premium's sensitivity to costs: the same orders at other fees and slippage."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rebalancing.performance.closing import close_portfolio
from rebalancing.performance.history import History
from rebalancing.performance.hodl import hold

FEES = (0.0, 0.001, 0.002)
SLIPPAGES = (0.0005, 0.001)


@dataclass(frozen=True)
class CostScenario:
    """The outcome at other costs.

    Parameters
    ----------
    fee : float
        Fraction of every notional.
    slippage : float
        Fraction of every notional by which prices were worse than those of the orders.
    nav, hodl_nav : float
        At the end, sold, after all costs, stake currency.
    """

    fee: float
    slippage: float
    nav: float
    hodl_nav: float

    @property
    def premium(self) -> float:
        """NAV - HODL NAV, stake currency."""
        return self.nav - self.hodl_nav

    @property
    def share(self) -> float:
        """Premium / HODL NAV, a fraction."""
        return self.premium / self.hodl_nav if self.hodl_nav else 0.0


def cost_scenarios(history: History) -> list[CostScenario]:
    """Return the outcome for other fees and for slippage.

    Fees of 0, 0.1 and 0.2 % and the run's own, then its own fee with 0.05 and 0.1 % of slippage.

    Notes
    -----
    The amounts of all orders stay as they were, HODL's first purchase too: what costs more comes
    out of the cash, which may then be below 0. A run at that fee would buy a little less.
    """
    own = history.fee
    fees = sorted({*FEES, own})
    return [
        *(_scenario(history, fee, 0.0) for fee in fees),
        *(_scenario(history, own, slippage) for slippage in SLIPPAGES),
    ]


def _scenario(history: History, fee: float, slippage: float) -> CostScenario:
    orders, rate = history.executions, fee + slippage
    costs = np.where(orders.is_in_kind, 0.0, rate * orders.notional)
    other = replace(history, fee=rate, executions=replace(orders, fees=costs))
    return CostScenario(fee, slippage, close_portfolio(other).sold, hold(other).closing.sold)
