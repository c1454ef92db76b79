"""Trouble of markets in the campaign: what is drawn, what it does, and what is said of it."""

import random
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.exchange.listing import MarketStatus
from sandbox.exchange.orders import OrderRequest, OrderType, Side
from sandbox.exchange.trading import Trading
from tests.campaign.coverage import added, coverage_of
from tests.campaign.hands import (
    DeleteTrade,
    LockPair,
    PayInRound,
    Resume,
    SellByHand,
    WithdrawCoins,
)
from tests.campaign.honest_books import honest_history
from tests.campaign.intruders import LockDatabase, LowLimits, SecondProcess
from tests.campaign.markets import (
    End,
    GiveBook,
    LargestOrder,
    NewLots,
    OtherFees,
    Rename,
)
from tests.campaign.neighbour import StartAdopter, StartNeighbour
from tests.campaign.other_hands import OtherHands
from tests.campaign.scenario import draw_scenario
from tests.campaign.trouble import SHAPES, draw_book
from tests.campaign.witnessed import Happened, Touched
from tests.support.exchanges import make_exchange

SEEDS = range(1, 201)
OF_MARKETS = {GiveBook, LargestOrder, NewLots, OtherFees, End, Rename}
OF_HANDS = {DeleteTrade, SellByHand, LockPair, Resume, WithdrawCoins, PayInRound}
OF_PROGRAMS = {SecondProcess, LockDatabase, LowLimits, StartNeighbour, StartAdopter}


class Stage:
    """As much of a life as an action of a market needs."""

    def __init__(self) -> None:
        self.prices = {"SOL": 100.0, "BTC": 60_000.0}
        exchange = make_exchange(**self.prices)
        self.trading = Trading(exchange, balances={"USDT": 1_000, "SOL": "1.5"})
        self.ground = SimpleNamespace(exchange=exchange, trading=self.trading)
        self.coarsest: dict[str, Decimal] = {}
        self.dearest_fee = Decimal(0)
        self.hands = SimpleNamespace(trade=lambda _asset: {"amount": 1.5})
        self.ended: set[str] = set()
        self.renamed: list[Any] = []

    @property
    def market(self) -> Any:
        return self.ground.exchange.listing.of("SOL/USDT")

    def disturb(self) -> None:
        """Nobody counts here."""

    def nap(self, _seconds: float, meanwhile: Any) -> None:
        meanwhile()


@pytest.fixture
def stage() -> Any:
    return Stage()


def test_seeds_draw_every_kind_of_trouble() -> None:
    drawn = [action for seed in SEEDS for action in draw_scenario(seed).script]
    assert {type(action) for action in drawn} >= {*OF_MARKETS, *OF_HANDS, *OF_PROGRAMS}
    assert {action.shape for action in drawn if isinstance(action, GiveBook)} == set(SHAPES)


def test_drawn_prices_fit_real_lots() -> None:
    for seed in SEEDS:
        scenario = draw_scenario(seed)
        exchange = make_exchange(**scenario.prices)
        for asset, price in scenario.prices.items():
            lot = float(exchange.listing.of(f"{asset}/USDT").step) * price
            assert lot < 2, f"a lot of {asset} is worth {lot}"


@pytest.mark.parametrize("number", range(40))
def test_a_drawn_book_has_the_sides_of_its_shape(stage: Any, number: int) -> None:
    drawn = draw_book(random.Random(number), "SOL", cash=1_000.0)
    drawn.happen(stage)
    book = stage.ground.exchange.book("SOL/USDT")
    bids, asks = list(book.levels(Side.SELL)), list(book.levels(Side.BUY))
    assert bool(bids) == (drawn.shape != "no bids")
    assert bool(asks) == (drawn.shape != "no asks")
    if bids and asks:
        assert (bids[0].price > asks[0].price) == (drawn.shape == "crossed")


def test_the_actions_change_what_they_say(stage: Any) -> None:
    NewLots("SOL", Decimal("0.1")).happen(stage)
    assert (stage.market.step, stage.coarsest) == (Decimal("0.0001"), {"SOL": Decimal("0.001")})
    NewLots("SOL", Decimal(100)).happen(stage)
    NewLots("SOL", Decimal("0.1")).happen(stage)
    assert (stage.market.step, stage.coarsest) == (Decimal("0.001"), {"SOL": Decimal("0.01")})
    LargestOrder("SOL", 50.0).happen(stage)
    assert stage.market.max_market_qty == Decimal("0.5")
    OtherFees("SOL", Decimal("0.012")).happen(stage)
    assert stage.trading.account.fees_of("SOL/USDT").taker == stage.dearest_fee == Decimal("0.012")
    Rename("SOL", Decimal(1000)).happen(stage)
    assert stage.trading.account.balance("NEWSOL").free == Decimal("0.0015")
    End("BTC").happen(stage)
    status = stage.ground.exchange.listing.status
    assert status("BTC/USDT") is MarketStatus.TRADING, "freqtrade needs a market to start"
    stage.ended.clear()
    End("BTC").happen(stage)
    assert status("BTC/USDT") is MarketStatus.END
    Rename("BTC", Decimal(1)).happen(stage)  # of a pair that has ended: nothing is left to rename
    assert not stage.trading.account.balance("NEWBTC").total


@pytest.mark.parametrize(
    ("name", "tag", "count"),
    [
        pytest.param("botXYc0ffee", "r1 threshold SOL +6.0pp", 0, id="of a round"),
        pytest.param("botXYc0ffee", None, 0, id="of a round, its answer lost"),
        pytest.param("botc0ffee", "force_exit", 1, id="by hand"),
        pytest.param("botc0ffee", None, 1, id="by hand, its answer lost"),
        pytest.param("otherXYc0ffee", None, 0, id="of another bot"),
    ],
)
def test_the_sells_that_count_as_made_by_hand(
    stage: Any, name: str, tag: str | None, count: int
) -> None:
    sell = OrderRequest("SOL/USDT", Side.SELL, OrderType.MARKET, Decimal(1), client_id=name)
    order = stage.trading.place(sell)
    state = {"mark": "bot", "intents": [{"asset": "SOL", "side": "sell", "mark": "botXY"}]}
    rows = [{"order_id": str(order.id), "ft_order_tag": tag}] if tag else []
    records = SimpleNamespace(orders=lambda: rows, state=lambda: state)
    life: Any = SimpleNamespace(bot=SimpleNamespace(records=records), ground=stage.ground)
    assert OtherHands(life).sells_by_hand("SOL") == count


def test_a_trouble_mattered_if_an_order_of_its_coin_met_it() -> None:
    order = SimpleNamespace(created_ms=50_000, updated_ms=50_000, pair="BTC/USDT")
    happened = (
        Happened("Halt", "BTC", 10_000, 49_000),  # it has just ended
        Happened("Halt", "BTC", 52_000, 60_000),  # it came later
        Happened("Halt", "ETH", 40_000, 60_000),  # of another coin
        Happened("Kill", None, 48_000, 48_100),
        Happened("Break cut", None, 48_000, 48_100),
        Happened("Break late", None, 1_000, 1_000),
    )
    books: dict[str, Any] = {"orders": (order,), "fills": (), "refused": ()}
    seen = replace(honest_history(), happened=happened, fired=("late", "late"), **books)
    assert coverage_of(seen) == {
        "Halt": (3, 1),
        "Kill": (1, 1),
        "Break cut": (1, 0),
        "Break late": (1, 1),
    }
    deleted = replace(
        seen,
        happened=(Happened("DeleteTrade", "BTC", 48_000, 48_100), *happened[:1]),
        touched=(Touched("deleted", "ETH", 1, 2),),
    )
    assert coverage_of(deleted)["DeleteTrade"] == (1, 1)
    undone = replace(deleted, touched=())
    assert coverage_of(undone)["DeleteTrade"] == (1, 0), "there was no trade"
    assert added([{"Kill": (1, 1)}, {"Kill": (2, 0), "Halt": (1, 0)}]) == {
        "Halt": (1, 0),
        "Kill": (3, 1),
    }
