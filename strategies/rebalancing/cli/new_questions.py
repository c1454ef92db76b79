"""Questions of ``rebalance new``, in their order, and how every answer is checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from rebalancing.cli.questions import Asking, read_yes
from rebalancing.config.new_portfolio import NewPortfolio, new_configuration
from rebalancing.config.settings import MAX_ASSETS
from rebalancing.config.typed_answers import read_codes, read_money, read_share, read_weights
from rebalancing.freqtrade_side.setup.investment import rounded_up
from rebalancing.freqtrade_side.setup.new_portfolio_checks import (
    check_configuration,
    check_exchange_name,
    check_first_purchase,
    least_investments,
    usual_minimum,
)

_USUAL_ORDERS = 200
"""Smallest orders in the investment that is proposed."""


@dataclass(frozen=True)
class _Question:
    option: str
    text: Callable[[NewPortfolio], str]
    default: Callable[[NewPortfolio], str | None]
    read: Callable[[NewPortfolio, str], NewPortfolio]


def ask_portfolio(asking: Asking) -> NewPortfolio:
    """Ask for everything; each answer is checked as the bot would check it, with those before.

    Raises
    ------
    RefusedError
        If an answer is missing, or an option gives a wrong one.
    """
    question = "Assets, by their codes"
    portfolio = asking.ask("assets", question, None, lambda text: NewPortfolio(_assets(text)))
    for each in _QUESTIONS:
        portfolio = asking.ask(
            each.option,
            each.text(portfolio),
            each.default(portfolio),
            partial(_checked, each, portfolio),
        )
    return portfolio


def _draft(portfolio: NewPortfolio) -> dict[str, object]:
    return new_configuration(portfolio, portfolio.timeframes[0], "", "")


def _assets(text: str) -> tuple[str, ...]:
    codes = read_codes(text)
    if not 2 <= len(codes) <= MAX_ASSETS:
        raise ValueError(f"name 2 to {MAX_ASSETS} assets, {len(codes)} given")
    check_configuration(_draft(NewPortfolio(codes)))
    return codes


def _checked(question: _Question, portfolio: NewPortfolio, text: str) -> NewPortfolio:
    answered = question.read(portfolio, text)
    check_configuration(_draft(answered))
    return answered


def _stake(portfolio: NewPortfolio, text: str) -> NewPortfolio:
    codes = read_codes(text)
    if len(codes) != 1:
        raise ValueError("name one currency")
    return replace(portfolio, stake=codes[0])


def _exchange(portfolio: NewPortfolio, text: str) -> NewPortfolio:
    check_exchange_name(text.lower())
    return replace(portfolio, exchange=text.lower())


def _weights(portfolio: NewPortfolio, text: str) -> NewPortfolio:
    return replace(portfolio, weights=read_weights(text, portfolio.assets))


def _investment_question(portfolio: NewPortfolio) -> str:
    least, _ = least_investments(_draft(portfolio))
    if least is None:
        return f"Investment in {portfolio.stake}"
    minimum = f"{usual_minimum(portfolio.stake):g} {portfolio.stake}"
    return (
        f"Investment in {portfolio.stake} (these weights need {rounded_up(least)} or more where "
        f"the smallest order is {minimum}, as on most exchanges)"
    )


def _investment_default(portfolio: NewPortfolio) -> str | None:
    minimum = usual_minimum(portfolio.stake)
    return None if minimum is None else f"{minimum * _USUAL_ORDERS:g}"


def _investment(portfolio: NewPortfolio, text: str) -> NewPortfolio:
    answered = replace(portfolio, investment=read_money(text, portfolio.stake))
    check_configuration(_draft(answered))
    check_first_purchase(_draft(answered))
    return answered


def _period(portfolio: NewPortfolio, text: str) -> NewPortfolio:
    return replace(portfolio, period=None if _is_none(text) else text)


def _threshold(portfolio: NewPortfolio, text: str) -> NewPortfolio:
    return replace(portfolio, threshold=None if _is_none(text) else read_share(text))


def _fee(portfolio: NewPortfolio, text: str) -> NewPortfolio:
    return replace(portfolio, fee=read_share(text))


def _adoption(portfolio: NewPortfolio, text: str) -> NewPortfolio:
    return replace(portfolio, adopt_holdings=read_yes(text))


def _is_none(text: str) -> bool:
    return text.strip().lower() == "none"


_QUESTIONS = (
    _Question("stake", lambda _: "Currency that pays for them", lambda p: p.stake, _stake),
    _Question("exchange", lambda _: "Exchange", lambda p: p.exchange, _exchange),
    _Question(
        "weights",
        lambda p: f"Target weights of {', '.join(p.assets)}",
        lambda _: "equal",
        _weights,
    ),
    _Question("investment", _investment_question, _investment_default, _investment),
    _Question("period", lambda _: 'Rebalance every ("none": no period)', lambda _: "24h", _period),
    _Question(
        "threshold",
        lambda p: (
            f"{'And only if a weight has then' if p.period else 'When a weight has'} drifted by, "
            'in points of the portfolio ("none": no threshold)'
        ),
        lambda _: "2%",
        _threshold,
    ),
    _Question("fee", lambda _: "Fee of a trade", lambda _: "0.1%", _fee),
    _Question(
        "adopt-holdings",
        lambda p: (
            "Use coins of these assets that the account holds already, and all of its "
            f"{p.stake} instead of that investment"
        ),
        lambda _: "no",
        _adoption,
    ),
)
