"""The usual way to rebalance in freqtrade: everything in adjust_trade_position."""

from datetime import datetime

from freqtrade.persistence import Trade

from tests.benchmark.bare import Bare


class Recipe(Bare):
    """Values the portfolio from dataframes at every call; a pair outside its band goes back."""

    position_adjustment_enable = True

    def __init__(self, config: dict) -> None:
        super().__init__(config)
        pairs = config["exchange"]["pair_whitelist"]
        targets = config["rebalance"]["targets"]
        self._threshold = config["rebalance"]["threshold"]
        self._targets = {
            pair: 1 / len(pairs) if targets == "equal" else targets[pair.split("/")[0]]
            for pair in pairs
        }

    def custom_stake_amount(self, pair: str, **kwargs) -> float:
        """Return the target weight of the wallet, with room for the fee."""
        return self.wallets.get_starting_balance() * self._targets[pair] * 0.998

    def adjust_trade_position(
        self, trade: Trade, current_time: datetime, current_rate: float, **kwargs
    ) -> float | None:
        """Trade the difference to the target weight if it is large enough."""
        nav = self.wallets.get_total(self.config["stake_currency"])
        own = 0.0
        for held in Trade.get_trades_proxy(is_open=True):
            frame, _ = self.dp.get_analyzed_dataframe(held.pair, self.timeframe)
            if frame.empty:
                return None
            value = held.amount * frame["close"].iat[-1]
            nav += value
            if held.pair == trade.pair:
                own = value
        missing = self._targets[trade.pair] * nav - own
        if abs(missing) < self._threshold * nav:
            return None
        if missing > 0:
            return missing
        return missing * trade.stake_amount / (trade.amount * current_rate)
