"""Fees in Binance's words: what they may be paid in, and its discount for paying in BNB."""

from decimal import Decimal
from typing import Literal

from sandbox.exchange.fees import Discount, Fees

FeeAsset = Literal["received", "quote", "BNB"]
BNB = Discount("BNB", Decimal("0.25"))


def fees_in(asset: FeeAsset, maker: Decimal, taker: Decimal) -> Fees:
    """Return the fees of an account that pays them in an asset.

    Parameters
    ----------
    asset
        ``BNB``: BNB at a discount while there is enough of it, else as with ``received``; the
        other words are those of `Fees`.
    maker, taker
        Fractions of a fill's value.

    Raises
    ------
    SandboxError
        If a fraction is not between 0 and 1, or the asset is another word.
    """
    return Fees(maker, taker, discount=BNB) if asset == "BNB" else Fees(maker, taker, asset)
