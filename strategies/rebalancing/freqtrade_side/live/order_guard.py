"""No market order goes far from its plan.

Each is costed through the order book before it is made.
"""

from __future__ import annotations

from freqtrade.exchange import Exchange
from freqtrade.strategy import IStrategy

from rebalancing.freqtrade_side.live.memory import Memory
from rebalancing.freqtrade_side.present.order_books import order_book
from rebalancing.freqtrade_side.records import own_orders
from rebalancing.freqtrade_side.setup.configuration import Setup
from rebalancing.market.order_book import cost_through
from rebalancing.market.quoted import APART
from rebalancing.rounds.plan import Plan, Trade
from rebalancing.rounds.round import Round

NO_BOOK = "not sent: the exchange does not tell its order book"
THIN = "not sent: its order book holds too little near the price of the plan"
LOSS = "not sent: the round could lose more than limits.round_loss"


class OrderGuard:
    """Says how much of a trade may be ordered now.

    Parameters
    ----------
    strategy : IStrategy
        Says whether orders are market orders.
    memory : Memory
        Knows with what the open round began.

    Notes
    -----
    A limit order bounds itself. An order that is not made is no reason to stop the bot: that is
    left to what orders have lost when they are filled.
    """

    def __init__(
        self, exchange: Exchange, strategy: IStrategy, setup: Setup, memory: Memory
    ) -> None:
        self._exchange = exchange
        self._strategy = strategy
        self._stake = setup.stake
        self._memory = memory
        self._limit = setup.settings.limits.round_loss
        self._reach = max(APART, setup.settings.max_spread)
        self._plan: Plan | None = None
        self._left = 0.0

    def allowed(self, current: Round, trade: Trade, amount: float) -> tuple[float, str]:
        """Return how many coins to order at once.

        Parameters
        ----------
        trade : Trade
            Of its newest plan.
        amount : float
            Coins that are wanted, positive.

        Returns
        -------
        float
            Coins; 0 for no order. At most half of what is wanted where the book does not hold all
            of it near the price of the plan: what is left is an order too.
        str
            Why there is no order; empty if there is one.
        """
        if self._strategy.order_types["exit" if trade.is_sell else "entry"] != "market":
            return amount, ""
        book = order_book(self._exchange, f"{trade.asset}/{self._stake}")
        if book is None:
            return 0.0, NO_BOOK
        opening = self._memory.state.opening or {}
        against = float(opening.get("prices", {}).get(trade.asset, trade.price))
        levels = book.bids if trade.is_sell else book.asks
        sign = -1 if trade.is_sell else 1
        found = cost_through(levels, sign * amount, trade.price, self._reach, against)
        if found.amount < amount:
            found = cost_through(
                levels, sign * min(found.amount, amount / 2), trade.price, self._reach, against
            )
        if found.amount <= 0:
            return 0.0, THIN
        if found.loss > self._budget(current):
            return 0.0, LOSS
        self._left -= max(0.0, found.loss)
        return found.amount, ""

    def _budget(self, current: Round) -> float:
        """Return what this order may lose, stake currency.

        The orders of earlier plans are filled; those of this plan are expected to cost what the
        order book said.
        """
        if self._plan is not current.plan:
            opening = self._memory.state.opening or {}
            lost = own_orders.slippage(own_orders.of_round(current.tag), opening.get("prices", {}))
            nav = float(opening.get("nav", self._memory.state.nav or 0.0))
            self._plan, self._left = current.plan, self._limit * nav - lost
        return self._left
