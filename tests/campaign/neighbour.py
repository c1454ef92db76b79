"""Another bot on the same account, with an investment and a database of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.campaign.actions import STAKE
from tests.campaign.witnessed import Intruder
from tests.support.bot_configs import make_bot_config

if TYPE_CHECKING:
    from tests.campaign.life import Life

_ENDS_WITHIN = 15  # loops of the first bot in which a wrong configuration is refused


def config_of(rebalance: Mapping[str, Any]) -> dict[str, Any]:
    """Return freqtrade's configuration of a neighbour, which trades at the market."""
    assets = [asset for asset in rebalance["targets"] if asset != STAKE]
    return make_bot_config(rebalance, assets, dry_run=False)


@dataclass(frozen=True)
class StartNeighbour:
    """Another bot is started on the account, unless it is there."""

    rebalance: Mapping[str, Any]

    def happen(self, life: "Life") -> None:
        """Start it."""
        if life.neighbour is None:
            life.start_neighbour(config_of(self.rebalance))


@dataclass(frozen=True)
class StartAdopter:
    """Another bot is started that has an investment and is to adopt what the account holds."""

    rebalance: Mapping[str, Any]

    def happen(self, life: "Life") -> None:
        """Start it, see it refused, and end it where it is not."""
        block = {**self.rebalance, "adopt_holdings": True}
        bot = life.ground.bot(config_of(block), f"adopter-{len(life.hands.adopters)}")
        bot.start()
        life.wait(_ENDS_WITHIN, lambda: not bot.alive)
        status = None if bot.alive else bot.status
        bot.kill()
        said = bot.records.log.splitlines()
        lines = tuple(line for line in said if "adopt_holdings" in line or "Traceback" in line)
        life.hands.adopters.append(Intruder(status, lines, bot.records.loops))
