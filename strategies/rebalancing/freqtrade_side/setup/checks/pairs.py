"""Whether targets, pairs, blacklist and stake currency agree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rebalancing.config.messages import shown
from rebalancing.config.settings import MAX_ASSETS, Settings, capitals

BLACKLIST = "exchange.pair_blacklist"


def pair_problems(settings: Settings, config: Mapping[str, Any]) -> list[str]:
    """Compare the targets with the whitelist, the blacklist and the stake currency.

    Notes
    -----
    Where the targets are wrong in themselves `settings` has none, and they are not compared.
    """
    stake, where = config.get("stake_currency"), whitelist_key(config)
    if not isinstance(stake, str) or not stake:
        return ['stake_currency: is required, what the pairs are priced in, like "USDT"']
    pairs = (config.get("exchange") or {}).get("pair_whitelist") or []
    if not isinstance(pairs, list):
        return [f'{where}: must be a list of pairs like ["BTC/USDT"], is {shown(pairs)}']
    pairs = [str(pair) for pair in pairs]
    problems = list(_stake_problems(stake, pairs, where))
    if not problems:
        problems = list(_form_problems(stake, pairs, where))
        problems += _target_problems(settings, stake, pairs, where)
    return problems + blacklist_problems(config, pairs)


def whitelist_key(config: Mapping[str, Any]) -> str:
    """Return what the user has named the pairs with.

    freqtrade puts those of ``--pairs`` into the whitelist.
    """
    now, written = (
        (some.get("exchange") or {}).get("pair_whitelist")
        for some in (config, config.get("original_config") or config)
    )
    return "exchange.pair_whitelist" if now == written else "--pairs"


def members_of(settings: Settings, stake: str, pairs: Sequence[str]) -> tuple[str, ...]:
    """Return the codes of the assets other than the stake currency."""
    if isinstance(settings.targets, dict):
        return tuple(asset for asset in settings.targets if asset != stake)
    return tuple(dict.fromkeys(pair.split("/")[0] for pair in pairs))


def blacklist_problems(config: Mapping[str, Any], pairs: Sequence[str]) -> list[str]:
    """Find the patterns of the blacklist that exclude a pair of the portfolio.

    They match as in freqtrade's ``expand_pairlist``: whole pairs, whatever the case.
    """
    patterns = (config.get("exchange") or {}).get("pair_blacklist") or []
    if not isinstance(patterns, list):
        return [f'{BLACKLIST}: must be a list of patterns like ["BNB/.*"], is {shown(patterns)}']
    problems = []
    for pattern in patterns:
        try:
            found = re.compile(pattern, re.IGNORECASE)
        except (re.error, TypeError):
            rule = 'is no pattern; write one like "BNB/.*" for all pairs of BNB'
            problems.append(f"{BLACKLIST}: {shown(pattern)} {rule}")
            continue
        out = [pair for pair in dict.fromkeys(pairs) if found.fullmatch(pair)]
        if out:
            remedy = "remove the pattern, or take these pairs out of whitelist and targets"
            problems.append(f'{BLACKLIST}: "{pattern}" excludes {", ".join(out)}; {remedy}')
    return problems


def _stake_problems(stake: str, pairs: Sequence[str], where: str) -> Iterator[str]:
    if capitals(stake) != stake:
        yield f'stake_currency: write "{capitals(stake)}" for "{stake}"'
        return
    quotes = {pair.partition("/")[2] for pair in pairs}
    other = next(iter(quotes)) if len(quotes) == 1 else ""
    if other.isalnum() and capitals(other) != stake and pairs[0].split("/")[0] != stake:
        yield (
            f'stake_currency: is "{stake}", the pairs of {where} are priced in '
            f'{capitals(other)}; write "stake_currency": "{capitals(other)}", or pairs like '
            f'"{pairs[0].split("/")[0]}/{stake}"'
        )


def _form_problems(stake: str, pairs: Sequence[str], where: str) -> Iterator[str]:
    for pair in pairs:
        if _is_pair(pair, stake):
            continue
        meant = _meant(pair, stake)
        if meant is not None:
            why = ", a futures pair: coins are held, not lent" if ":" in pair else ""
            yield f'{where}: write "{meant}" for "{pair}"{why}'
        else:
            yield (
                f'{where}: "{pair}" is not a spot pair with the stake currency {stake}; '
                f'write pairs one by one, like "BTC/{stake}"'
            )


def _meant(pair: str, stake: str) -> str | None:
    """Return the pair in the form that freqtrade knows, None if that cannot be told."""
    match = re.fullmatch(rf"([A-Za-z0-9]+?)[/_-]?{stake}(?::{stake})?", pair, re.IGNORECASE)
    base = capitals(match[1]) if match else stake
    return None if base == stake else f"{base}/{stake}"


def _is_pair(pair: str, stake: str) -> bool:
    base, _, quote = pair.partition("/")
    return base.isalnum() and not base.islower() and quote == stake and base != stake


def _target_problems(
    settings: Settings, stake: str, pairs: Sequence[str], where: str
) -> Iterator[str]:
    known = {_meant(pair, stake) or pair: pair for pair in pairs}
    if settings.targets == "equal":
        if not 2 <= len(known) <= MAX_ASSETS:
            rule = f'"equal" divides over 2 to {MAX_ASSETS} pairs of {where}'
            yield f"rebalance.targets: {rule}, {len(known)} given; write others into it"
        return
    if settings.targets is None:
        return
    assets = members_of(settings, stake, pairs)
    for asset in assets:
        if f"{capitals(asset)}/{stake}" not in known:
            remedy = f'add "{asset}/{stake}" to {where} or remove the target'
            yield f"rebalance.targets: {asset} has no pair, {remedy}"
    for pair in known:
        base = pair.split("/")[0]
        if _is_pair(pair, stake) and base not in map(capitals, assets):
            remedy = f"give it a target (0 is one) or remove it from {where}"
            yield f"rebalance.targets: {pair} of {where} has no target, {remedy}"
