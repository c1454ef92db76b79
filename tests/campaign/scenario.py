"""What a seed draws: a portfolio, a policy, an account and what is to happen."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.binance.fees import FeeAsset, fees_in
from sandbox.exchange.book import Depth
from sandbox.exchange.fees import Fees
from tests.campaign.actions import STAKE, Action
from tests.campaign.hands import WithdrawCoins
from tests.campaign.markets import LargestOrder
from tests.campaign.neighbour import StartAdopter, StartNeighbour
from tests.campaign.script import draw_script

# Prices around which scenarios begin: lots of a real exchange fit no others.
USUAL_PRICES = {
    "BTC": 60_000.0,
    "ETH": 3_000.0,
    "BNB": 500.0,
    "SOL": 120.0,
    "ADA": 0.6,
    "XRP": 1.2,
    "LTC": 90.0,
    "DOGE": 0.2,
}
COINS = tuple(USUAL_PRICES)
SMALLEST_WEIGHT = 0.06
PERIOD = "1h"
NEIGHBOURS = 0.15
"""Share of the live scenarios in which another bot trades on the account."""

ROUND_LOSS = 0.02
# So wide that nothing reaches them, but for the loss of a round, and the rounds of a day where few
# are drawn.
_LIMITS = {"round_turnover": 5, "day_turnover": 1e4, "round_loss": ROUND_LOSS}


@dataclass(frozen=True)
class Scenario:
    """Everything about a seed.

    Attributes
    ----------
    prices
        At the start, stake currency, by asset; BNB among them where it pays the fees.
    rebalance
        The block of the configuration.
    kind
        ``market``, ``limit`` or ``maker`` orders.
    cash
        What the account begins with, stake currency.
    fee_coins
        BNB that is there to pay fees and is not the portfolio's.
    """

    seed: int
    prices: Mapping[str, float]
    rebalance: Mapping[str, Any]
    kind: str
    cash: float
    fees: Fees
    fee_coins: float
    depth: Depth
    dry_run: bool
    script: tuple[Action, ...]

    @property
    def neighbours_investment(self) -> float:
        """What another bot on the account is to invest, stake currency; 0 if there is none."""
        blocks = [a.rebalance for a in self.script if isinstance(a, StartNeighbour)]
        return float(blocks[0]["investment"]) if blocks else 0.0

    @property
    def assets(self) -> tuple[str, ...]:
        """The assets of the portfolio, without the stake currency."""
        return tuple(asset for asset in self.rebalance["targets"] if asset != STAKE)

    @property
    def calm_loops(self) -> int:
        """Loops after which all is well if nothing happens: orders that rest, or that go in
        pieces, take twice as many."""
        in_pieces = any(isinstance(action, LargestOrder) for action in self.script)
        return 10 if self.kind == "market" and not in_pieces else 20

    @property
    def has_period(self) -> bool:
        """Whether rounds may have to wait for a boundary."""
        return "period" in self.rebalance

    @property
    def meaning(self) -> str:
        """The scenario in a few words."""
        block, discount = self.rebalance, self.fees.discount
        policy = [block[key] for key in ("period", "threshold") if key in block]
        words = [
            "dry" if self.dry_run else "live",
            f"{len(self.assets)} assets",
            "+cash" if STAKE in block["targets"] else "",
            f" {block['combine']} ".join(map(str, policy)),
            block["scope"],
            str(block["destination"]),
            self.kind,
            f"fee in {discount.asset if discount else self.fees.asset}",
        ]
        return ", ".join(word for word in words if word)


def draw_scenario(seed: int, steps: int | None = None) -> Scenario:
    """Draw a scenario; the same seed gives the same.

    Parameters
    ----------
    steps
        How many times prices move; drawn where None.
    """
    dice = random.Random(seed)
    assets = dice.sample(COINS, dice.randint(2, len(COINS)))
    kind = dice.choices(["market", "limit", "maker"], [60, 25, 15])[0]
    cash = round(math.exp(dice.uniform(math.log(600), math.log(20_000))), 2)
    dry_run = dice.random() < 0.15
    fees, fee_coins = _draw_fees(dice)
    prices = {asset: _draw_price(dice, asset) for asset in dict.fromkeys([*assets, "BNB"])}
    rebalance = _draw_block(dice, assets, kind, cash)
    depth = _draw_depth(dice, kind, cash)
    script = list(
        draw_script(
            dice,
            {asset: prices[asset] for asset in assets},
            steps or dice.randint(5, 9),
            cash=cash,
            dry_run=dry_run,
            period="period" in rebalance,
        )
    )
    if not dry_run and dice.random() < NEIGHBOURS:
        start = _draw_neighbour(dice, assets, cash)
        if isinstance(start, StartNeighbour):
            rebalance["investment"] = round(cash * 0.5, 2)
            # Of whom coins are that leave an account of two bots nobody could say.
            script = [action for action in script if not isinstance(action, WithdrawCoins)]
        script.insert(dice.randrange(1, len(script)), start)
    return Scenario(
        seed=seed,
        prices=prices,
        rebalance=rebalance,
        kind=kind,
        cash=cash,
        fees=fees,
        fee_coins=round(fee_coins * cash / prices["BNB"], 4),
        depth=depth,
        dry_run=dry_run,
        script=tuple(script),
    )


def _draw_neighbour(dice: random.Random, assets: list[str], cash: float) -> Action:
    """Draw another bot that shares two coins: one that keeps to itself, or is to adopt."""
    first, second = dice.sample(assets, 2)
    block = {
        "targets": {first: 0.6, second: 0.4},
        "threshold": round(dice.uniform(0.02, 0.06), 3),
        "investment": round(cash * 0.35, 2),
        "limits": _LIMITS,
    }
    return StartNeighbour(block) if dice.random() < 0.6 else StartAdopter(block)


def _draw_price(dice: random.Random, asset: str) -> float:
    price = USUAL_PRICES[asset] * math.exp(dice.uniform(-1, 1))
    return round(price, 4 - math.floor(math.log10(price)))


def _draw_fees(dice: random.Random) -> tuple[Fees, float]:
    asset: FeeAsset = dice.choices(["received", "quote", "BNB"], [50, 25, 25])[0]
    taker = Decimal(dice.choice(["0", "0.00075", "0.001", "0.002"]))
    maker = min(taker, Decimal(dice.choice(["0.0002", "0.001"])))
    return fees_in(asset, maker, taker), (0.03 if asset == "BNB" else 0.0)


def _draw_depth(dice: random.Random, kind: str, cash: float) -> Depth:
    spread = Decimal(dice.choice(["0", "0.0002", "0.001"]))
    thin = kind != "market" or dice.random() < 0.3
    value = round(cash * dice.uniform(0.05, 0.4), 2) if thin else None
    return Depth(spread=spread, level_value=None if value is None else Decimal(str(value)))


def _draw_block(dice: random.Random, assets: list[str], kind: str, cash: float) -> dict[str, Any]:
    policy = dice.choices(["threshold", "period", "and", "or"], [50, 15, 15, 20])[0]
    block: dict[str, Any] = {
        "targets": _draw_targets(dice, assets),
        "combine": policy if policy in ("and", "or") else "and",
        "scope": "all",
        "destination": "target",
        "limits": {**_LIMITS, "day_rounds": 10_000},
    }
    if policy != "threshold":
        block["period"] = PERIOD  # which makes more rounds a day than a few
    elif dice.random() < 0.3:
        block["limits"]["day_rounds"] = 2
    if policy != "period":
        relative = dice.random() < 0.3
        block["threshold_kind"] = "relative" if relative else "absolute"
        block["threshold"] = round(dice.uniform(0.2, 0.4) if relative else _draw_band(dice), 3)
        block["scope"] = dice.choices(["all", "drifted", "fewest"], [50, 25, 25])[0]
        if block["scope"] != "fewest":
            chosen = dice.choices(["target", "edge", "share"], [60, 20, 20])[0]
            share = round(dice.uniform(0.5, 0.9), 2)
            block["destination"] = share if chosen == "share" else chosen
    if kind == "maker":
        block["maker"] = "1m"
    if dice.random() < 0.2:
        block["investment"] = round(cash * dice.uniform(0.5, 0.9), 2)
    return block


def _draw_band(dice: random.Random) -> float:
    return dice.uniform(0.015, 0.06)


def _draw_targets(dice: random.Random, assets: list[str]) -> dict[str, float]:
    members = [*assets, STAKE] if dice.random() < 0.4 else assets
    shares = [dice.gammavariate(2, 1) for _ in members]
    spread = 1 - SMALLEST_WEIGHT * len(members)
    weights = [round(SMALLEST_WEIGHT + spread * share / sum(shares), 4) for share in shares]
    weights[0] = round(weights[0] + 1 - sum(weights), 4)
    return dict(zip(members, weights, strict=True))
