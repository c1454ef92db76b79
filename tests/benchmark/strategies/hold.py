"""The portfolio bought once and held: what freqtrade costs when nothing happens."""

from tests.benchmark.bare import Bare


class Hold(Bare):
    """Buys what the initial allocation bought, and does nothing else."""

    def __init__(self, config: dict) -> None:
        super().__init__(config)
        self._stakes = {
            order["pair"]: order["amount"] * order["price"] * self.UP
            for order in self.given_orders()
        }

    def custom_stake_amount(self, pair: str, **kwargs) -> float:
        """Return the stake of the initial allocation."""
        return self._stakes.get(pair, 0.0)
