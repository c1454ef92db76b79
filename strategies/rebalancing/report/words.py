"""Sentences of a report."""

from __future__ import annotations

from rebalancing.numbers import money, percent
from rebalancing.performance.subsidised import Subsidised
from rebalancing.performance.summary import moment
from rebalancing.report.findings import Findings

NOTHING = 1e-4
"""Premium, as a share of HODL, below which rebalancing made no difference worth a word."""

EXAMPLE = (
    "You hold 50 of BTC and 50 of ETH. BTC rises to 60, ETH to 80: you have 140. A rebalance sells "
    "10 of ETH and buys 10 of BTC: 70 and 70, and still 140. The gain of 40 came from prices, and "
    "who never rebalanced has it too. So the premium at that moment is 0, not 40, and a fee "
    "makes it a little less. Only what prices do afterwards decides: had ETH fallen back to where "
    "BTC is, the 10 moved in time would be worth more; had ETH gone on rising, less."
)


def mood(findings: Findings) -> str:
    """Tell whether rebalancing was "good" or "bad" against holding; "even" for no difference."""
    summary = findings.summary
    if not summary.rounds or abs(_share(findings)) < NOTHING:
        return "even"
    return "good" if summary.premium > 0 else "bad"


def verdict(findings: Findings) -> str:
    """Say in a few words whether rebalancing beat holding."""
    summary, share = findings.summary, _share(findings)
    if not summary.rounds:
        return "There was no round yet: this is holding."
    if mood(findings) == "even":
        return "Rebalancing made no difference against holding."
    amount = money(abs(summary.premium), summary.stake)
    better = "beat" if summary.premium > 0 else "fell short of"
    return f"Rebalancing {better} holding by {amount} ({percent(share, '+')})."


def story(findings: Findings) -> list[str]:
    """Say in sentences what happened."""
    summary, stake = findings.summary, findings.record.history.stake
    risk, hodl = findings.risk, findings.hodl_risk
    return [
        f"{_money_in(findings)} became {money(float(findings.nav[-1]), stake)}; the same purchase, "
        f"held, would be {money(float(findings.hodl_nav[-1]), stake)}. {_compared(findings)}",
        f"{_rounds(findings)}; all orders cost {money(summary.fees, stake)} in fees.",
        _drawdowns(
            percent(risk.max_drawdown, digits=1),
            percent(hodl.max_drawdown, digits=1),
            risk.max_drawdown > hodl.max_drawdown,
        ),
    ]


def warnings(findings: Findings) -> list[str]:
    """Warn of assets that the others had to pay for while they fell, worst first."""
    return [_warning(findings, item) for item in findings.subsidised]


def _rounds(findings: Findings) -> str:
    count, turned = findings.summary.rounds, findings.summary.turnover
    if not count:
        return "No round has traded"
    return (
        f"{count:,} round{'s' * (count > 1)} turned the portfolio over {turned:,.2f} times a year"
    )


def _drawdowns(own: str, held: str, is_deeper: bool) -> str:
    if own == held:
        return f"The largest drawdown was {own}, as deep as holding's."
    deeper = "deeper" if is_deeper else "less deep"
    return f"The largest drawdown was {own}, {deeper} than holding's {held}."


def _share(findings: Findings) -> float:
    summary = findings.summary
    return summary.premium / summary.hodl_nav if summary.hodl_nav else 0.0


def _compared(findings: Findings) -> str:
    same = "with the same deposits and withdrawals" if findings.flows.any() else ""
    if findings.record.is_sold:
        return f"Both are after all fees, those of selling everything too{same and ', '}{same}."
    premium = "the premium is what would be left of each if it were sold now"
    return f"Both are at today's prices{same and ' and '}{same}; {premium}."


def _money_in(findings: Findings) -> str:
    stake, flows = findings.record.history.stake, float(findings.attribution.flows[-1])
    start = money(findings.record.history.start, stake)
    if not findings.flows.any():
        return start
    kind = "deposits" if flows >= 0 else "withdrawals"
    return f"{start} and {money(abs(flows), stake)} of net {kind}"


def _warning(findings: Findings, item: Subsidised) -> str:
    stake = findings.record.history.stake
    column = findings.record.history.assets.index(item.asset)
    gain = float(findings.attribution.gains[-1, column])
    outcome = "Over the whole run it still gained" if gain > 0 else "Over the whole run it lost"
    span = f"from {moment(item.begin):%Y-%m-%d} to {moment(item.end):%Y-%m-%d}"
    put = f"put {money(item.received, stake)} into it"
    if findings.flows.any():  # then the others need not have paid
        said = f"was bought while it fell: {span} rounds {put}, by deposits or by selling others"
    else:
        said = f"was carried by the others: {span} they {put}"
    return (
        f"{item.asset} {said}, "
        f"{percent(item.share, digits=1)} of the NAV on the first day, while its price fell by "
        f"{percent(-item.fall, digits=1)}. {outcome} {money(abs(gain), stake)}."
    )
