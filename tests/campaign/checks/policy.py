"""In the end the bot is up and the portfolio where the policy wants it."""

from collections.abc import Iterator

from tests.campaign.evidence import Evidence, in_ms
from tests.campaign.scenario import STAKE

_RESERVE = 0.005
_SLACK = 0.002  # fees
_ENDINGS = ("End", "Rename")
_SMALLEST_SENT = 1.25  # times the exchange's minimum, margins of the policy and of freqtrade


def the_bot_stayed_up(seen: Evidence) -> Iterator[str]:
    """A bot may end by itself only where the exchange fails it at the start."""
    for death in seen.deaths:
        if not death.disturbed:
            yield f"the bot ended by itself with status {death.status}"
    if seen.loops < seen.scenario.calm_loops:
        yield f"only {seen.loops} loops while prices stood still"


def nothing_is_left_open(seen: Evidence) -> Iterator[str]:
    """No order rests and no round is open when prices have stood still."""
    for order in seen.orders:
        if order.is_open:
            yield f"order {order.id} ({order.side.value.lower()} {order.pair}) is still open"
    opened = [line["round"] for line in seen.events("round")]
    closed = [line["round"] for line in seen.events("closed")]
    if opened and opened[-1] not in closed:
        yield f"round {opened[-1]} is still open"


def what_has_ended_is_told(seen: Evidence) -> Iterator[str]:
    """A coin whose pair has ended leaves the portfolio with a word."""
    told = " ".join(line["text"] for line in seen.events("left out"))
    for asset in seen.ended.intersection(seen.scenario.assets):
        if asset not in told:
            yield f"{asset} has ended, and nothing was said of it"


def the_portfolio_is_inside_its_bands(seen: Evidence) -> Iterator[str]:
    """Compute every weight from balances and last prices."""
    if _was_stopped(seen) or _began_late(seen):
        return
    values, targets, bands = _values(seen), _targets(seen), _bands(seen)
    for asset in seen.left_alone:  # its weight is held in cash, beside what is left of it
        value = values.pop(asset)
        values[STAKE] += 0.0 if asset in seen.ended else value
    values = {asset: value for asset, value in values.items() if asset in targets}
    nav = sum(values.values())
    left = _left_of_the_way(seen)
    largest = max(float(market.min_notional) for market in seen.markets.values())
    coarsest = max(seen.lot(asset) * seen.prices[asset] for asset in seen.scenario.assets)
    for asset, value in values.items():
        drift = value / nav - targets[asset]
        # Cash for fees is no drift, and what is smaller than an order stays.
        allowed = max(bands[asset], left.get(asset, 0.0))
        allowed += _RESERVE + _SLACK + max(_SMALLEST_SENT * largest, coarsest) / nav
        if abs(drift) > allowed:
            yield (
                f"{asset} is at {value / nav:.2%} of {nav:.2f}, its target {targets[asset]:.4f}"
                f", its band {bands[asset]:.4f}"
            )


def _was_stopped(seen: Evidence) -> bool:
    """Tell whether a limit ended the newest round, and nothing but a period starts another, or
    nobody has told the bot to go on, as is done for the first bot of an account only."""
    events = [line["event"] for line in seen.events("stopped", "command")]
    if events[-1:] == ["stopped"]:
        return True
    outcomes = [line.get("outcome") for line in seen.events("closed")]
    return outcomes[-1:] == ["stopped"] and _waits_for_a_period(seen)


def _began_late(seen: Evidence) -> bool:
    """Tell whether prices moved during the only round of a policy that waits for a period.

    Its boundaries are counted from the end of that round, and none has come since.
    """
    opened, closed = list(seen.events("round")), list(seen.events("closed"))
    if not _waits_for_a_period(seen) or len(closed) != 1 or len(opened) != 1:
        return False
    begun, ended = in_ms(opened[0]["time"]), in_ms(closed[0]["time"])
    return any(begun < moved < ended for moved in seen.times_of_changes())


def _waits_for_a_period(seen: Evidence) -> bool:
    block = seen.scenario.rebalance
    return "period" in block and block.get("combine") != "or"


def _targets(seen: Evidence) -> dict[str, float]:
    """Return the targets over what can be traded, with what is left alone, or has never been
    there, held in cash."""
    targets = {STAKE: 0.0, **seen.scenario.rebalance["targets"]}
    for asset in seen.left_alone | _awaited(seen):
        targets[STAKE] += targets.pop(asset, 0.0)
    kept = {asset: weight for asset, weight in targets.items() if asset not in seen.ended}
    whole = sum(kept.values())
    return {asset: weight / whole for asset, weight in kept.items()} if whole else {STAKE: 1.0}


def _awaited(seen: Evidence) -> set[str]:
    """Return the coins that ended before the bot could buy any, unless it was told to go on without
    them."""
    told = [in_ms(line["time"]) for line in seen.events("command") if "resume" in line["text"]]
    never = seen.ended - {asset for _, asset in seen.legs}
    ends = [one for one in seen.happened if one.asset in never and one.kind in _ENDINGS]
    return never - {str(one.asset) for one in ends if max(told, default=0) > one.begun_ms}


def _left_of_the_way(seen: Evidence) -> dict[str, float]:
    """Drifts that a round which goes a part of the way leaves until the next boundary."""
    block = seen.scenario.rebalance
    share = block.get("destination", "target")
    rounds = list(seen.events("round"))
    if isinstance(share, str) or block.get("period") is None or not rounds:
        return {}
    weights, targets = rounds[-1]["weights"], rounds[-1]["targets"]
    return {asset: (1 - share) * abs(weights[asset] - targets[asset]) for asset in targets}


def _values(seen: Evidence) -> dict[str, float]:
    if seen.scenario.dry_run:
        return _dry_values(seen)
    held = seen.held()
    values = {asset: amount * seen.prices[asset] for asset, amount in held.items()}
    values[STAKE] = _cash(seen)
    return values


def _cash(seen: Evidence) -> float:
    account = float(sum(e.free + e.locked for e in seen.ledger if e.asset == STAKE))
    investment = seen.scenario.rebalance.get("investment")
    if investment is None:
        return account
    spent = float(
        sum(e.free + e.locked for e in seen.ledger if e.asset == STAKE and e.order_id is not None)
    )
    return min(account, investment + spent)


def _dry_values(seen: Evidence) -> dict[str, float]:
    values = dict.fromkeys(seen.scenario.assets, 0.0)
    cash = float(seen.scenario.rebalance.get("investment", seen.scenario.cash))
    for trade in seen.kept_trades:
        values[trade["base_currency"]] += (
            trade["amount"] * seen.prices[trade["base_currency"]] if trade["is_open"] else 0.0
        )
    for row in seen.kept_orders:
        value = (row["filled"] or 0.0) * (row["average"] or row["price"] or 0.0)
        fee = float(seen.scenario.fees.taker)
        cash += value * (1 - fee) if row["ft_order_side"] == "sell" else -value * (1 + fee)
    return {**values, STAKE: cash}


def _bands(seen: Evidence) -> dict[str, float]:
    """Return the bands around the targets; a relative one is a share of its target of now."""
    block, targets = seen.scenario.rebalance, _targets(seen)
    threshold = block.get("threshold", 0.0)
    if block.get("threshold_kind") != "relative":
        return dict.fromkeys(targets, threshold)
    bands = {asset: threshold * target for asset, target in targets.items() if target}
    return {asset: bands.get(asset, min(bands.values())) for asset in targets}
