"""The targets in force and the bands around them, in plain numbers by name of the member."""

from math import inf, isnan

from tests.support.rough_account import STAKE, RoughAccount


def in_force(account: RoughAccount) -> dict[str, float]:
    """Return the weights that an account should have now, if no orders of an asset fail."""
    state = account.state
    weights = {name: value / account.nav for name, value in account.worth.items()}
    out = {*state.hands_off, *state.awaited}
    shares = {
        name: share
        for name, share in configured(account).items()
        if name in out or name == STAKE or not isnan(account.prices[name])
    }
    total = sum(shares.values())
    shares = {name: share / total for name, share in shares.items()} if total else {STAKE: 1.0}
    wanted = {name: shares.get(name, 0.0) for name in weights}
    theirs = sum(wanted[name] for name in out)
    there = sum(weights[name] for name in out)
    others = [name for name in weights if name not in out]
    if there >= 1:  # more was taken out than the others are worth
        wanted = {**dict.fromkeys(wanted, 0.0), STAKE: 1 - there}
    elif there > theirs:
        for name in others:
            wanted[name] *= (1 - there) / (1 - theirs)
    else:
        wanted[STAKE] += theirs - there
    wanted |= {name: weights[name] for name in out}
    return _beside_reserve(account, wanted, weights[STAKE], others)


def _beside_reserve(
    account: RoughAccount, wanted: dict[str, float], cash: float, others: list[str]
) -> dict[str, float]:
    """Let the cash be what it is, between its target and the reserve."""
    target = wanted[STAKE]
    coins = [name for name in others if name != STAKE]
    room = sum(wanted[name] for name in coins)
    idle = account.reserve if cash < 0 else min(cash, account.reserve)
    idle = min(idle, target + room)
    if idle <= target:
        return wanted
    less = {name: wanted[name] * (1 - (idle - target) / room) for name in coins}
    return {**wanted, **less, STAKE: idle}


def configured(account: RoughAccount) -> dict[str, float]:
    """Return the target weights of the settings."""
    targets = account.settings.targets
    assert not isinstance(targets, str)
    return {name: (targets or {}).get(name, 0.0) for name in (*account.assets, STAKE)}


def bands(account: RoughAccount, wanted: dict[str, float]) -> dict[str, float]:
    """Return how far each weight may be from the one wanted."""
    settings = account.settings
    assert isinstance(settings.threshold, float)
    if settings.threshold_kind == "absolute":
        return dict.fromkeys(wanted, settings.threshold)
    known = {name: settings.threshold * share for name, share in wanted.items() if share > 0}
    if not configured(account)[STAKE]:
        known.pop(STAKE, None)
    return {name: known.get(name, min(known.values(), default=inf)) for name in wanted}
