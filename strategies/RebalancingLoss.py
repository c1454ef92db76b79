"""RebalancingLoss: what freqtrade's hyperopt minimises for a portfolio at target weights."""

from dataclasses import asdict
from typing import Any

from freqtrade.exceptions import OperationalException
from freqtrade.optimize.hyperopt import IHyperOptLoss
from pandas import DataFrame

# The strategy is loaded first and has put this folder on the path.
from rebalancing.freqtrade_side.history.epoch import score_of
from rebalancing.performance.objective import WORST, loss_of, read_weights


class RebalancingLoss(IHyperOptLoss):
    """The premium over holding, after fees; less what turnover and drawdown are said to cost."""

    @staticmethod
    def hyperopt_loss_function(
        *,
        config: dict,
        processed: dict[str, DataFrame],
        backtest_stats: dict[str, Any],
        starting_balance: float,
        **kwargs: Any,
    ) -> float:
        """Judge an epoch, and leave its figures in the epochs file beside freqtrade's."""
        try:
            weights = read_weights(config.get("rebalance_loss"))
        except ValueError as error:
            raise OperationalException(str(error)) from None
        try:
            score = score_of(config, backtest_stats["trades"], processed, starting_balance)
        except ValueError:
            return WORST  # no initial allocation, or nothing after it
        backtest_stats["rebalancing"] = {**asdict(score), "premium": score.premium}
        return loss_of(score, weights)
