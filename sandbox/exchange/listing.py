"""The markets of the local exchange: which there are, their rules, and which of them trade."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from sandbox.exchange.candles import CandleFolder
from sandbox.exchange.errors import SandboxError
from sandbox.exchange.market_rules import Rules
from sandbox.exchange.markets import Market, checked_pairs, markets_of


class MarketStatus(StrEnum):
    """Whether a market trades; one that has ended is not shown any more."""

    TRADING = "TRADING"
    BREAK = "BREAK"
    END = "END"


class Listing:
    """Markets by pair.

    Parameters
    ----------
    pairs
        Names of the pairs; wildcards are passed over.
    candles
        The rules that are not given are fitted to these.
    rules
        Rules by pair.

    Attributes
    ----------
    halted
        The pairs that do not trade now.

    Raises
    ------
    SandboxError
        If a name is not a spot pair, or a file of candles is damaged.
    """

    def __init__(
        self, pairs: Iterable[str], candles: CandleFolder | None, rules: Mapping[str, Rules]
    ) -> None:
        fitted = markets_of(checked_pairs(pairs), candles)
        known = [market.with_rules(rules.get(market.pair, {})) for market in fitted]
        self._markets = {market.pair: market for market in known}
        self._ended: set[str] = set()
        self.halted: set[str] = set()

    @property
    def markets(self) -> tuple[Market, ...]:
        """The markets that have not ended, in the order of the pairs given."""
        return tuple(m for pair, m in self._markets.items() if pair not in self._ended)

    def of(self, pair: str) -> Market:
        """Return the market of a pair, ended or not.

        Raises
        ------
        SandboxError
            If the pair was never listed.
        """
        if pair not in self._markets:
            raise SandboxError(f"{pair} is not listed here: name it when making the exchange")
        return self._markets[pair]

    def decimals(self, pair: str) -> int:
        """Return how many decimals a price of a pair has."""
        return self.of(pair).decimals

    def add(self, market: Market) -> None:
        """List a market, in the place of one of the same pair that has ended.

        Raises
        ------
        SandboxError
            If the pair is listed.
        """
        if self.status(market.pair) is not MarketStatus.END:
            raise SandboxError(f"{market.pair} is listed already")
        self._markets[market.pair] = market
        self._ended.discard(market.pair)

    def set_rules(self, pair: str, rules: Rules) -> None:
        """Change some rules of a market.

        Raises
        ------
        SandboxError
            If the pair was never listed.
        """
        self._markets[pair] = self.of(pair).with_rules(rules)

    def status(self, pair: str) -> MarketStatus:
        """Return whether a pair trades; one never listed counts as ended."""
        if pair not in self._markets or pair in self._ended:
            return MarketStatus.END
        return MarketStatus.BREAK if pair in self.halted else MarketStatus.TRADING

    def set_status(self, pair: str, status: MarketStatus) -> None:
        """Let a pair trade, halt or end.

        Raises
        ------
        SandboxError
            If the pair was never listed.
        """
        pair = self.of(pair).pair
        self._ended.discard(pair)
        self.halted.discard(pair)
        if status is MarketStatus.END:
            self._ended.add(pair)
        elif status is MarketStatus.BREAK:
            self.halted.add(pair)
