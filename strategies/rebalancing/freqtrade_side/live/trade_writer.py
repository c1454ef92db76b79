"""Trades and orders written into freqtrade's database.

Coins that were there before, and orders whose answer was lost.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from freqtrade.exchange import Exchange, timeframe_to_minutes
from freqtrade.persistence import Order, Trade

from rebalancing.rounds.tag import ADOPTED_TAG, WITHDRAWN_TAG


class TradeWriter:
    """Writes what freqtrade itself would have written.

    Parameters
    ----------
    exchange : Exchange
        freqtrade's, for precisions and fees.
    config : mapping
        freqtrade's, complete.
    strategy : str
        Name under which trades are opened.
    """

    def __init__(self, exchange: Exchange, config: dict[str, Any], strategy: str) -> None:
        self._exchange = exchange
        self._config = config
        self._strategy = strategy

    def adopt(self, pair: str, amount: float, price: float, now: datetime) -> float:
        """Make coins of the account a holding of the bot, bought at this price without a fee.

        Parameters
        ----------
        pair : str
            freqtrade's.
        amount : float
            Coins.
        price : float
            Stake currency for one coin.
        now : datetime
            UTC.

        Returns
        -------
        float
            Coins adopted: whole lots.

        Notes
        -----
        The fee's currency is given, or freqtrade would ask the exchange for it.
        """
        amount = self._exchange.amount_to_precision(pair, amount)
        order = _in_kind(pair, "buy", amount, price, ADOPTED_TAG, now)
        trade = self._open_trade(pair) or self._new_trade(pair, amount, price, ADOPTED_TAG, now)
        if not trade.orders:
            trade.fee_open, trade.fee_open_cost = 0.0, 0.0
            trade.fee_open_currency = str(self._config["stake_currency"])
        self._enter(trade, order)
        return float(amount)

    def release(self, pair: str, amount: float, price: float, now: datetime) -> None:
        """Take coins that left the account out of the bot's holding, at this price.

        Parameters
        ----------
        pair : str
            freqtrade's, with an open trade.
        amount : float
            Coins.
        price : float
            Stake currency for one coin.
        now : datetime
            UTC.

        Notes
        -----
        The trade is closed where less than a lot is left of it. The currency of its fee is given
        then, or freqtrade would ask the exchange for the fee of a sell that never was.
        """
        trade = self._open_trade(pair)
        if trade is None:
            return
        left = self._exchange.amount_to_precision(pair, max(0.0, trade.amount - amount))
        self._enter(trade, _in_kind(pair, "sell", amount, price, WITHDRAWN_TAG, now))
        if left <= 0:
            trade.fee_close_currency = trade.fee_close_currency or trade.stake_currency
            trade.exit_reason = WITHDRAWN_TAG
            trade.close(price, show_msg=False)
            Trade.commit()

    def enter_lost(self, pair: str, found: dict[str, Any], tag: str, now: datetime) -> None:
        """Enter an order that the exchange has and freqtrade does not know.

        Parameters
        ----------
        pair : str
            freqtrade's.
        found : dict
            ccxt's order.
        tag : str
            Of the round it belongs to.
        now : datetime
            UTC.

        Notes
        -----
        It is entered as open, whatever it is: freqtrade then asks for it as for any other, and
        books fills and fees itself.
        """
        side = str(found["side"])
        price = found.get("average") or found.get("price") or self._rate(pair)
        order = Order.parse_from_ccxt_object(
            found,
            pair,
            side,
            found.get("amount") or found.get("filled"),
            price,
        )
        order.ft_order_tag, order.ft_is_open, order.status = tag, True, "open"
        order.filled, order.order_filled_date = 0.0, None
        trade = self._open_trade(pair)
        if trade is None:
            if side == "sell":
                return
            trade = self._new_trade(pair, float(order.safe_amount), float(price), tag, now)
        if side == "sell":
            trade.exit_reason = tag
        self._enter(trade, order)

    def _enter(self, trade: Trade, order: Order) -> None:
        trade.orders.append(order)
        trade.recalc_trade_from_orders()
        Trade.session.add(trade)
        Trade.commit()

    def _open_trade(self, pair: str) -> Trade | None:
        found = Trade.get_trades([Trade.pair == pair, Trade.is_open.is_(True)]).first()
        return found if isinstance(found, Trade) else None

    def _rate(self, pair: str) -> float:
        return float(self._exchange.get_rate(pair, side="entry", is_short=False, refresh=True))

    def _new_trade(self, pair: str, amount: float, price: float, tag: str, now: datetime) -> Trade:
        exchange = self._exchange
        fee = exchange.get_fee(symbol=pair, taker_or_maker="maker")
        trade = Trade(
            pair=pair,
            base_currency=exchange.get_pair_base_currency(pair),
            stake_currency=self._config["stake_currency"],
            stake_amount=amount * price,
            amount=0.0,
            is_open=True,
            amount_requested=amount,
            fee_open=fee,
            fee_close=fee,
            open_rate=price,
            open_rate_requested=price,
            open_date=now.astimezone(UTC),
            exchange=exchange.id,
            strategy=self._strategy,
            enter_tag=tag,
            timeframe=timeframe_to_minutes(self._config["timeframe"]),
            leverage=1.0,
            is_short=False,
            trading_mode=exchange.trading_mode,
            funding_fees=0.0,
            amount_precision=exchange.get_precision_amount(pair),
            price_precision=exchange.get_precision_price(pair),
            precision_mode=exchange.precisionMode,
            precision_mode_price=exchange.precision_mode_price,
            contract_size=exchange.get_contract_size(pair),
        )
        trade.adjust_stop_loss(trade.open_rate, self._config.get("stoploss", -1.0), initial=True)
        return trade


def _in_kind(pair: str, side: str, amount: float, price: float, tag: str, now: datetime) -> Order:
    """Return a filled order that no exchange has seen; its fee is 0 coins, not unknown."""
    moment = int(now.timestamp() * 1000)
    order = Order.parse_from_ccxt_object(
        {
            "id": f"{tag}-{pair}-{now.timestamp():.6f}",
            "symbol": pair,
            "type": "market",
            "side": side,
            "status": "closed",
            "price": price,
            "average": price,
            "amount": amount,
            "filled": amount,
            "remaining": 0.0,
            "cost": amount * price,
            "timestamp": moment,
            "lastTradeTimestamp": moment,
        },
        pair,
        side,
    )
    order.ft_order_tag, order.ft_fee_base = tag, 0.0
    return order
