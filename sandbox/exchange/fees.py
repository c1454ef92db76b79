"""Fees: what a fill costs, and in which asset."""

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from sandbox.exchange.errors import SandboxError
from sandbox.exchange.ledger import ZERO
from sandbox.exchange.orders import Side, rounded

FeeAsset = Literal["received", "quote"]


@dataclass(frozen=True)
class Discount:
    """An asset in which fees may be paid for less.

    Parameters
    ----------
    asset
        Such as the exchange's own coin.
    saved
        What paying in it saves, a fraction of the fee.

    Raises
    ------
    SandboxError
        If the fraction is not between 0 and 1.
    """

    asset: str
    saved: Decimal

    def __post_init__(self) -> None:
        _check_fraction("discount", self.saved)


@dataclass(frozen=True)
class Fees:
    """The fees of an account.

    Parameters
    ----------
    maker, taker
        Fractions of a fill's value; 0.001 is 0.1 %.
    asset
        ``received``: taken from what a fill brings, the base currency of a buy and the quote
        currency of a sell; the exchange's default. ``quote``: always the quote currency.
    discount
        Fees are paid in its asset while there is enough of it. None: never.

    Raises
    ------
    SandboxError
        If a fraction is not between 0 and 1, or the asset is another word.
    """

    maker: Decimal = Decimal("0.001")
    taker: Decimal = Decimal("0.001")
    asset: FeeAsset = "received"
    discount: Discount | None = None

    def __post_init__(self) -> None:
        _check_fraction("maker", self.maker)
        _check_fraction("taker", self.taker)
        if self.asset not in get_args(FeeAsset):
            raise SandboxError(f"fee asset {self.asset}: choose {', '.join(get_args(FeeAsset))}")

    @property
    def reserve(self) -> Decimal:
        """What a buy must set aside beyond its value, as a fraction of it."""
        return max(self.maker, self.taker) if self.asset == "quote" else ZERO


def _check_fraction(name: str, value: Decimal) -> None:
    if not (math.isfinite(value) and 0 <= value < 1):
        raise SandboxError(f"{name} {value}: must be a fraction from 0 to below 1")


class FeeTable:
    """What each pair costs now.

    Parameters
    ----------
    usual
        For every pair without fees of its own.
    """

    def __init__(self, usual: Fees) -> None:
        self.usual = usual
        self._own: dict[str, Fees] = {}

    def of(self, pair: str) -> Fees:
        """Return the fees of a pair."""
        return self._own.get(pair, self.usual)

    def set(self, fees: Fees, pair: str | None) -> None:
        """Change the fees of a pair, or where it is None the usual ones."""
        if pair is None:
            self.usual = fees
        else:
            self._own[pair] = fees


@dataclass(frozen=True)
class Conversion:
    """What paying at a discount needs to know.

    Attributes
    ----------
    price
        Price of the discount's asset in the quote currency; None where no market says it.
    available
        How much of the asset the account can spend.
    """

    price: Decimal | None = None
    available: Decimal = ZERO


def commission(
    fees: Fees,
    side: Side,
    amounts: tuple[Decimal, Decimal],
    assets: tuple[str, str],
    conversion: Conversion,
    *,
    maker: bool,
) -> tuple[Decimal, str]:
    """Return the fee of a fill and its asset.

    Parameters
    ----------
    amounts, assets
        Amount and name of the base currency, then of the quote currency.
    conversion
        Used where the fees have a discount.

    Notes
    -----
    Rounded down to the eight decimals of the exchange: a very small fill may be free.
    """
    rate = fees.maker if maker else fees.taker
    (base_amount, quote_amount), (base, quote) = amounts, assets
    if fees.discount and conversion.price:
        wanted = rounded(quote_amount * rate * (1 - fees.discount.saved) / conversion.price)
        if wanted <= conversion.available:
            return wanted, fees.discount.asset
    if fees.asset == "quote" or side is Side.SELL:
        return rounded(quote_amount * rate), quote
    return rounded(base_amount * rate), base
