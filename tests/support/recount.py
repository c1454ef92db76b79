"""The figures of a report, counted again by other code: a walk through raw candles, event by
event, with plain numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tests.support.raw_records import Event

DAY = 86400
KINDS_OF_FLOW = ("flow", "adopted", "withdrawn")


@dataclass(frozen=True)
class Policy:
    """Targets by asset, the stake currency's too, and the threshold in points (None: no band)."""

    targets: Mapping[str, float]
    threshold: float | None
    stake: str
    fee: float


class Walk:
    """A walk through the candles.

    `opens` has a row for each moment and a column for each asset, NaN where it has no price: then
    it is worth what `closes` says, or its last open if that is not given.
    """

    def __init__(
        self,
        opens: pd.DataFrame,
        events: Sequence[Event],
        policy: Policy,
        start: float,
        closes: pd.DataFrame | None = None,
    ) -> None:
        self.closes = [] if closes is None else closes.to_dict("records")
        self.policy, self.events = policy, [e for e in events if e.kind != "closing"]
        self.closing = [e for e in events if e.kind == "closing"]
        self.coins = dict.fromkeys(opens.columns, 0.0)
        self.held = dict.fromkeys(opens.columns, 0.0)
        self.gain = dict.fromkeys(opens.columns, 0.0)
        self.received = dict.fromkeys([*opens.columns, policy.stake], 0.0)
        self.last = dict.fromkeys(opens.columns, 0.0)
        self.cash = self.held_cash = self.start = start
        self.paid = self.flowed = 0.0
        self.turned, self.rounds = 0.0, set[float]()
        self.mixed: dict[str, float] = {}
        self.navs: list[float] = []
        self.hodls: list[float] = []
        self.premiums: list[float] = []
        self.drifts: list[dict[str, float]] = []
        self.unit, self.mix = [1.0], [1.0]
        self._walk(opens)

    def _walk(self, opens: pd.DataFrame) -> None:
        times = [stamp.timestamp() for stamp in opens.index]
        self.times, queue, flow_now = times, list(self.events), 0.0
        first = min(e.time for e in self.events if e.kind in ("initial", "adopted", "round"))
        rows = opens.to_dict("records")
        for number, row in enumerate(rows):
            before = dict(self.last)
            self.row = row
            for asset, price in row.items():
                if price == price:
                    self.last[asset] = price
                elif self.closes and self.last[asset] > 0:
                    self.last[asset] = self.closes[number][asset]
            if number and times[number] > first:
                self._grow_mix(rows[number - 1], before)
            elif number:
                self.mix.append(self.mix[-1])
            nav = self._value(self.coins, self.cash)
            if number:
                base = self.navs[-1] + flow_now
                self.unit.append(self.unit[-1] * (nav / base if base > 0 else 1.0))
            self.navs.append(nav)
            self.hodls.append(self._value(self.held, self.held_cash))
            self.premiums.append(self._sold(self.coins, self.cash) - self._sold_hodl())
            if times[number] > first:
                self.drifts.append(self._drift(row))
            end = times[number + 1] if number + 1 < len(rows) else float("inf")
            flow_now = 0.0
            while queue and queue[0].time < end:
                self._list(queue)
                flow_now += self._apply(queue.pop(0))

    def _apply(self, event: Event) -> float:
        if event.kind == "flow":
            self._flow(event.amount)
            return event.amount
        asset, worth = event.asset, event.amount * event.price
        if event.kind == "initial" and self.last[asset] == 0:
            self.last[asset] = event.price
        self.coins[asset] += event.amount
        self.gain[asset] -= worth
        if event.kind == "adopted":
            self.held[asset] += event.amount
            self.flowed += worth
            return worth
        if event.kind == "withdrawn":
            left = 1 + worth / self._value(self.held, self.held_cash)
            self.held = {asset: amount * left for asset, amount in self.held.items()}
            self.held_cash *= left
            self.flowed += worth
            return worth
        nav = self.navs[-1]
        self.cash -= worth + event.fee
        self.paid += event.fee
        if event.kind == "initial":
            self.held[asset] += event.amount
            self.held_cash -= worth + event.fee
        elif event.kind == "round":
            self.received[asset] += worth
            self.received[self.policy.stake] -= worth + event.fee
            self.turned += abs(worth) / 2 / nav
            self.rounds.add(event.time)
        return 0.0

    def _list(self, queue: Sequence[Event]) -> None:
        """Let HODL buy, at one moment, what the portfolio buys for the first time in a round."""
        if queue[0].kind != "round":
            return
        new = {
            event.asset: event
            for event in queue
            if event.time == queue[0].time and event.amount > 0 and not self.held[event.asset]
        }
        if not new:
            return
        known = {**self.row, **{asset: event.price for asset, event in new.items()}}
        wanted = {asset: self._targets(known)[asset] for asset in new}
        fee, weight = self.policy.fee, sum(wanted.values())
        coins, cash = self._value(self.held, 0.0), self.held_cash
        low, high = 0.0, 1.0  # of everything that HODL holds, sold for it
        for _ in range(100):
            share = (low + high) / 2
            bought = share * (coins * (1 - fee) + cash) / (1 + fee)
            reached = bought / ((1 - share) * (coins + cash) + bought)
            low, high = (share, high) if reached < weight else (low, share)
        self.held = {asset: amount * (1 - share) for asset, amount in self.held.items()}
        self.held_cash *= 1 - share
        for asset, event in new.items():
            self.held[asset] = bought * wanted[asset] / weight / event.price

    def _flow(self, amount: float) -> None:
        self.cash += amount
        self.flowed += amount
        coins = self._value(self.held, 0.0)
        fee = self.policy.fee if amount > 0 else -self.policy.fee
        whole = coins * (1 + fee) + self.held_cash
        if coins <= 0:
            self.held_cash += amount
            return
        share = amount / whole
        for asset in self.held:
            self.held[asset] *= 1 + share
        self.held_cash *= 1 + share

    def _targets(self, row: Mapping[str, float]) -> dict[str, float]:
        known = {a: w for a, w in self.policy.targets.items() if row.get(a, 0.0) == row.get(a, 0.0)}
        total = sum(known.values())
        return {a: w / total for a, w in known.items()} if total else {self.policy.stake: 1.0}

    def _mixed(self, row: Mapping[str, float]) -> dict[str, float]:
        if any(price == price for price in row.values()):
            self.mixed = self._targets(row)
        return self.mixed

    def _grow_mix(self, row: Mapping[str, float], before: Mapping[str, float]) -> None:
        growth = 0.0
        for asset, weight in self._mixed(row).items():
            if asset != self.policy.stake and before[asset] > 0:
                growth += weight * (self.last[asset] / before[asset] - 1)
        self.mix.append(self.mix[-1] * (1 + growth))

    def _drift(self, row: Mapping[str, float]) -> dict[str, float]:
        known = {a: p for a, p in row.items() if p == p}
        values = {a: self.coins[a] * p for a, p in known.items()}
        values[self.policy.stake] = self.cash
        nav, targets = sum(values.values()), self._targets(row)
        return {a: v / nav - targets.get(a, 0.0) for a, v in values.items()}

    def _value(self, coins: Mapping[str, float], cash: float) -> float:
        return cash + sum(amount * self.last[asset] for asset, amount in coins.items())

    def _sold(self, coins: Mapping[str, float], cash: float) -> float:
        return cash + (self._value(coins, cash) - cash) * (1 - self.policy.fee)

    def _sold_hodl(self) -> float:
        return self._sold(self.held, self.held_cash)

    def figures(self) -> dict[str, float]:
        """Count the figures at the end."""
        sold = [event for event in self.closing if self.row[event.asset] == self.row[event.asset]]
        for event in sold:
            self.last[event.asset] = event.price
        ended = {event.asset for event in self.closing} - {event.asset for event in sold}
        left = sum(self.coins[asset] * self.last[asset] for asset in ended)
        nav, hodl = self._sold(self.coins, self.cash), self._sold_hodl()
        if self.closing:
            base = self.navs[-1]
            self.unit[-1] *= nav / base
            self.navs[-1], self.hodls[-1] = nav, hodl
        self.premiums[-1] = nav - hodl
        coins = sum(amount * self.last[asset] for asset, amount in self.coins.items())
        gains = {a: g + self.coins[a] * self.last[a] for a, g in self.gain.items()}
        years = (self.times[-1] - self.times[0]) / DAY / 365
        found = {
            "nav": self.navs[-1],
            "hodl_nav": self.hodls[-1],
            "premium": nav - hodl,
            "flows": self.flowed,
            "fees": self.paid + sum(event.fee for event in sold) + left * self.policy.fee,
            "total_return": self.unit[-1] - 1,
            "annual_return": self.unit[-1] ** (1 / years) - 1,
            "turnover": self.turned / years,
            "mix_return": self.mix[-1] - 1,
            "money_return": self._money_growth() - 1,
            **self._risk(),
            **self._drift_figures(),
        }
        found |= {f"gain {asset}": gain for asset, gain in gains.items()}
        found |= {f"received {asset}": value for asset, value in self.received.items()}
        change = sum(gains.values()) - self.paid - coins * self.policy.fee + self.flowed
        return found | {"unexplained": nav - self.start - change}

    def _money_growth(self) -> float:
        """Halve until the growth is found at which all flows add up to the end."""
        begin, end = self.times[0], self.times[-1]
        moved = [(e.time, e.amount * e.price) for e in self.events if e.kind in KINDS_OF_FLOW]
        low, high = 1e-9, 1e9
        for _ in range(200):
            middle = (low * high) ** 0.5
            grown = self.start * middle
            grown += sum(a * middle ** min(1.0, (end - t) / (end - begin)) for t, a in moved)
            low, high = (middle, high) if grown < self.navs[-1] else (low, middle)
        return low

    def _risk(self) -> dict[str, float]:
        dates = pd.DatetimeIndex(pd.to_datetime(self.times, unit="s")).date
        days = pd.DataFrame({"unit": self.unit, "mix": self.mix}).groupby(dates).last()
        change = (days / days.shift(1) - 1).dropna()
        peak = deepest = 0.0
        for value in self.unit:
            peak = max(peak, value)
            deepest = max(deepest, 1 - value / peak)
        unit, yearly = change["unit"], np.sqrt(365)
        return {
            "volatility": float(np.sqrt(((unit - unit.mean()) ** 2).mean()) * yearly),
            "sharpe": float(unit.mean() / np.std(unit) * yearly),
            "sortino": float(unit.mean() / np.std(unit[unit < 0]) * yearly),
            "max_drawdown": deepest,
            "tracking_error": float(np.std(unit - change["mix"]) * yearly),
        }

    def _drift_figures(self) -> dict[str, float]:
        wanted = {a for a, w in self.policy.targets.items() if w > 0}
        values = [abs(d) for row in self.drifts for a, d in row.items() if a in wanted]
        largest = max((d for row in self.drifts for d in row.values()), key=abs)
        found = {"mean_drift": sum(values) / len(values), "largest_drift": largest}
        if self.policy.threshold is not None:
            limit = self.policy.threshold - 1e-9
            out = sum(any(abs(d) >= limit for d in row.values()) for row in self.drifts)
            found["time_outside"] = out / len(self.drifts)
        return found
