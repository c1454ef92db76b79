"""What the kernel is given, and where it keeps what it knows.

Two flat rows of numbers instead of objects: a function that is handed many small arrays takes
minutes to compile. The names below are places in these rows.
"""

from __future__ import annotations

from typing import Any, NamedTuple

Numbers = Any
"""Numbers by position: an array, or a list where nothing is compiled."""

WIDTH = 52
"""Places of a vector: 50 assets, the cash behind them, and one to spare."""

(CASH, NAV, FEES, TURNOVER, HODL_CASH, PEAK, DRAWDOWN, DRIFTS, DRIFTED_PLACES) = range(9)
"""Sums on the desk.

Cash and NAV, fees paid, half the notionals of rounds as fractions of the NAV; the cash that the
initial allocation left; the highest NAV so far, and the deepest fall from it as a fraction; the sum
of absolute drifts over candles and members with a target, and how many were added."""

(PRICES, AMOUNTS, VALUES, WEIGHTS, TARGETS, BANDS, DRIFT, DESTINATION) = range(9, 425, WIDTH)
(MINIMUM, REMAINDER, WANTED, BEFORE, WISHES, PARTS, SELLS, BUYS) = range(425, 841, WIDTH)
(WAITING, PLANNED, SELL_GOALS, BUY_GOALS, SOLD, BOUGHT, FINAL, ROOM) = range(841, 1257, WIDTH)
(CONFIGURED, THRESHOLDS, LOTS, STEPS, SCALES, COSTS, COINS, HODL) = range(1257, 1673, WIDTH)
NAVS, AWAY = 1673, 1737
DESK = 1801
"""Vectors on the desk, and its length.

Prices known now, coins, values, weights, targets in force, bands, drift, destination of the round;
smallest trade, and what a partial sell leaves behind. Of a plan in the making: wanted notionals,
those before, wishes, room for parts, coins to sell and to buy. Of the open round: trades that have
not been ordered, coins, bought positive; the prices of their plan; what it should have sold (coins)
and bought (stake currency), and has. Final drifts, and room to go on. Then what stays: configured
targets, thresholds (NaN where none is given); lots, also as fractions of whole numbers; smallest
orders by value and by coins; the coins of the initial allocation. Then room for `CHUNK` candles."""

CHUNK = 64
"""Candles that are measured together."""

(NOW, ROW, OPEN, TRIES, IS_EVENT, ORDERED_AT, ORIGIN, SERVED, LAST_START) = range(9)
(FAILURES, AGAIN, NUMBER, HOLDS, ORDERS, ROUNDS, COUNTED, IS_LATE, MEASURED) = range(9, 18)
SAMPLED = 18
MARKED = 19
"""Facts among the marks; times are seconds since 1970, -1 for never.

The moment and its row. A round is open; plans it has made; an event, not the policy, asked for it;
time of its newest order. Origin of the period grid; boundaries served; start of the newest round;
rounds in a row that gave up; one that gave up is due again; number of the next round; assets held;
orders; rounds that traded, the initial allocation apart, and the newest. A round has bought an
asset that the initial allocation had not; the row up to which the walk is measured, and how many
samples of the NAV are taken."""

SEEN, MEMBERS, CHOSEN, HELD, TURN, APPEARS = range(19, 331, WIDTH)
MARKS = 331
"""Vectors of whole numbers among the marks, and their length.

1 for an asset that has been available, that the round trades, that is chosen; the assets held in
the order of buying, the assets in the order of their orders; the row of the first price."""

NEVER = -1

KNOWN, OPENS, NEWEST, FILLED = range(4)
"""Tables of prices, by row and asset: those of `PriceMatrix`; the known ones with 0 for none."""

VALUED, TRADED = range(2)
"""Of columns, by asset and row: `NEWEST` and `FILLED`."""

LOWS, HIGHS = range(2)

BLOCK, GROWTH, LARGEST = 16, 8, 1024
"""Rows whose extremes are known together: 16, and 8 times as many up to the largest."""

ALL, DRIFTED, FEWEST = range(3)
"""Scopes."""


class Terms(NamedTuple):
    """The single numbers of a policy and of its markets.

    Parameters
    ----------
    assets : int
        How many.
    has_threshold, is_relative, is_either : bool
        There is a threshold; it is a share of the target; one of period and threshold is enough.
    period, offset, cooldown : int
        Seconds; a period of 0 is none. The offset shifts the boundaries: they begin so much after
        the initial allocation.
    share : float
        How far a round goes back, 1 for all the way.
    is_edge : bool
        It goes just inside the band instead.
    scope : int
        One of `ALL`, `DRIFTED` and `FEWEST`.
    min_trade : float
        Stake currency; 0: the exchange's.
    cash : float
        Stake currency at the start.
    fee, margin, remainder_margin : float
        As in `Markets`.
    begin : int
        Row with which the history begins for it; the first decision is one row later.
    """

    assets: int
    has_threshold: bool
    is_relative: bool
    is_either: bool
    period: int
    offset: int
    cooldown: int
    share: float
    is_edge: bool
    scope: int
    min_trade: float
    cash: float
    fee: float
    margin: float
    remainder_margin: float
    begin: int


class Candles(NamedTuple):
    """A history of prices, by row.

    Parameters
    ----------
    first, seconds : int
        Start of the first row, seconds since 1970, and the length of each.
    prices : four tables, shape (rows, assets)
        `KNOWN`, `OPENS`, `NEWEST` and `FILLED`.
    columns : array, shape (2, assets, rows)
        `VALUED` and `TRADED`.
    ends : array of int, shape (rows,)
        For each row, the first one after it that has prices for other assets.
    extremes : array, shape (2, blocks, assets)
        `LOWS` and `HIGHS` of the filled prices: of all whole blocks of 16 rows, behind them of all
        larger ones, size by size.
    """

    first: int
    seconds: int
    prices: Any
    columns: Any
    ends: Any
    extremes: Any


class Log(NamedTuple):
    """Orders of a walk, as many as there is room for, and samples of its NAV.

    Parameters
    ----------
    places : array of int, shape (3, room)
        Row, number of the round, asset.
    trades : array, shape (2, room)
        Coins, bought positive; stake currency for one.
    rows : array of int, shape (samples,)
        When the NAV is wanted, increasing; none before the row with which the walk begins.
    navs : array, shape (samples,)
        The NAV then, before the orders of the row, at the last closes; stake currency.
    """

    places: Any
    trades: Any
    rows: Any
    navs: Any
