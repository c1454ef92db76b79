"""An account, its orders and its fills as the REST API writes them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sandbox.binance.fees import BNB
from sandbox.binance.protocol import as_text
from sandbox.binance.symbols import symbol_of
from sandbox.exchange.account import Account
from sandbox.exchange.ledger import ZERO, Balance
from sandbox.exchange.markets import Market
from sandbox.exchange.orders import Fill, Order, OrderType, Side, Status, TimeInForce

_IN_TEN_THOUSANDTHS = 10_000


def account_answer(
    account: Account, markets: Iterable[Market], now_ms: int, *, omit_zero: bool
) -> dict[str, Any]:
    """Write an account.

    Parameters
    ----------
    markets
        All of the exchange: what they trade has a balance, be it zero.
    omit_zero
        Leave out what the account has nothing of.
    """
    fees = account.fees
    traded = {asset: Balance() for market in markets for asset in (market.base, market.quote)}
    balances = dict(sorted((traded | account.balances).items()))
    return {
        "makerCommission": int(fees.maker * _IN_TEN_THOUSANDTHS),
        "takerCommission": int(fees.taker * _IN_TEN_THOUSANDTHS),
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": _rates(fees.maker, fees.taker),
        "canTrade": True,
        "canWithdraw": True,
        "canDeposit": True,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": account.ledger[-1].time_ms if account.ledger else now_ms,
        "accountType": "SPOT",
        "balances": _balances(balances, omit_zero=omit_zero),
        "permissions": ["SPOT"],
        "uid": 1,
    }


def _balances(balances: Mapping[str, Balance], *, omit_zero: bool) -> list[dict[str, str]]:
    return [
        {"asset": asset, "free": as_text(balance.free), "locked": as_text(balance.locked)}
        for asset, balance in balances.items()
        if balance.total or not omit_zero
    ]


def order_answer(order: Order) -> dict[str, Any]:
    """Write an order that was asked for."""
    return {
        **_order(order),
        "stopPrice": as_text(order.stop_price),
        "icebergQty": as_text(0),
        "time": order.created_ms,
        "updateTime": order.updated_ms,
        "isWorking": not order.waits,
        "workingTime": _working_ms(order),
    }


def new_order_answer(order: Order, fills: Iterable[Fill], detail: str) -> dict[str, Any]:
    """Write an order that was just taken.

    Parameters
    ----------
    detail
        ``ACK``: only its number; ``RESULT``: its state; ``FULL``: its fills too.
    """
    named = {
        "symbol": symbol_of(order.pair),
        "orderId": order.id,
        "orderListId": -1,
        "clientOrderId": order.client_id,
        "transactTime": order.updated_ms,
    }
    if detail == "ACK":
        return named
    result = {**named, **_order(order), "workingTime": _working_ms(order)}
    if detail == "RESULT":
        return result
    parts = [
        {
            "price": as_text(fill.price),
            "qty": as_text(fill.amount),
            "commission": as_text(fill.fee),
            "commissionAsset": fill.fee_asset,
            "tradeId": fill.id,
        }
        for fill in fills
    ]
    return {**result, "fills": parts}


def cancelled_answer(order: Order, request_id: str | None) -> dict[str, Any]:
    """Write an order that was just cancelled; `request_id` is the client's name for that."""
    return {
        **_order(order),
        "origClientOrderId": order.client_id,
        "clientOrderId": request_id or f"cancel-{order.id}",
        "transactTime": order.updated_ms,
    }


def fill_answer(fill: Fill) -> dict[str, Any]:
    """Write a fill."""
    return {
        "symbol": symbol_of(fill.pair),
        "id": fill.id,
        "orderId": fill.order_id,
        "orderListId": -1,
        "price": as_text(fill.price),
        "qty": as_text(fill.amount),
        "quoteQty": as_text(fill.quote_amount),
        "commission": as_text(fill.fee),
        "commissionAsset": fill.fee_asset,
        "time": fill.time_ms,
        "isBuyer": fill.side is Side.BUY,
        "isMaker": fill.maker,
        "isBestMatch": True,
    }


def fee_answer(account: Account, market: Market) -> dict[str, str]:
    """Write what a market costs."""
    fees = account.fees_of(market.pair)
    return {
        "symbol": symbol_of(market.pair),
        "makerCommission": f"{fees.maker.normalize():f}",
        "takerCommission": f"{fees.taker.normalize():f}",
    }


def commission_answer(account: Account, market: Market) -> dict[str, Any]:
    """Write what the fees of a market are made of."""
    fees = account.fees_of(market.pair)
    return {
        "symbol": symbol_of(market.pair),
        "standardCommission": _rates(fees.maker, fees.taker),
        "specialCommission": _rates(ZERO, ZERO),
        "taxCommission": _rates(ZERO, ZERO),
        "discount": _discount(account),
    }


def order_commission_answer(account: Account, market: Market) -> dict[str, Any]:
    """Write what an order would cost."""
    nothing = {"maker": as_text(ZERO), "taker": as_text(ZERO)}
    fees = account.fees_of(market.pair)
    return {
        "standardCommissionForOrder": {
            "maker": as_text(fees.maker),
            "taker": as_text(fees.taker),
        },
        "specialCommissionForOrder": nothing,
        "taxCommissionForOrder": nothing,
        "discount": _discount(account),
    }


def _rates(maker: Decimal, taker: Decimal) -> dict[str, str]:
    rates = {"maker": maker, "taker": taker, "buyer": ZERO, "seller": ZERO}
    return {name: as_text(rate) for name, rate in rates.items()}


def _discount(account: Account) -> dict[str, Any]:
    offered = account.fees.discount or BNB
    return {
        "enabledForAccount": account.fees.discount is not None,
        "enabledForSymbol": True,
        "discountAsset": offered.asset,
        "discount": as_text(offered.saved),
    }


def _order(order: Order) -> dict[str, Any]:
    market = order.type is OrderType.MARKET
    stop = {"stopPrice": as_text(order.stop_price)} if order.stop_price else {}
    return {
        "symbol": symbol_of(order.pair),
        "orderId": order.id,
        "orderListId": -1,
        "clientOrderId": order.client_id,
        "price": as_text(order.price),
        "origQty": as_text(order.amount),
        "executedQty": as_text(order.filled),
        "origQuoteOrderQty": as_text(order.quote_amount),
        "cummulativeQuoteQty": as_text(order.quote_filled),
        "status": order.status.value,
        "timeInForce": "GTC" if market else order.time_in_force.value,
        "type": order.type.value,
        "side": order.side.value,
        **stop,
        **_expiry(order),
        "selfTradePreventionMode": "NONE",
    }


def _expiry(order: Order) -> dict[str, str]:
    if order.status is not Status.EXPIRED:
        return {}
    reasons = {
        TimeInForce.IOC: "UNFILLED_IOC_QUANTITY_EXPIRED",
        TimeInForce.FOK: "UNFILLED_FOK_ORDER_EXPIRED",
    }
    return {"expiryReason": reasons.get(order.time_in_force, "INSUFFICIENT_LIQUIDITY")}


def _working_ms(order: Order) -> int:
    if order.waits:
        return -1
    return order.created_ms if order.triggered_ms is None else order.triggered_ms
