"""Balances and the append-only ledger from which every one of them can be recomputed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

ZERO = Decimal(0)


@dataclass(frozen=True)
class Balance:
    """What an account has of one asset, in units of the asset.

    Attributes
    ----------
    free
        Can be spent.
    locked
        Set aside for open orders.
    """

    free: Decimal = ZERO
    locked: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Free and locked together."""
        return self.free + self.locked


@dataclass(frozen=True)
class Entry:
    """One change of one balance.

    Attributes
    ----------
    time_ms
        The exchange's clock, milliseconds since the epoch.
    free, locked
        What was added to each part; negative where it was taken away.
    cause
        ``deposit``, ``withdrawal``, ``conversion``, ``lock``, ``release``, ``trade`` or ``fee``.
    order_id
        The order it belongs to; None where there is none.
    """

    time_ms: int
    asset: str
    free: Decimal
    locked: Decimal
    cause: str
    order_id: int | None = None

    def as_record(self) -> dict[str, Any]:
        """Return the entry as JSON can hold it."""
        return {**vars(self), "free": str(self.free), "locked": str(self.locked)}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Entry":
        """Return the entry that `as_record` wrote."""
        parts = {name: Decimal(record[name]) for name in ("free", "locked")}
        return cls(**{**record, **parts})


def recompute(entries: Iterable[Entry]) -> dict[str, Balance]:
    """Add up a ledger to the balances it leads to.

    >>> recompute([Entry(0, "BTC", Decimal(3), Decimal(0), "deposit"),
    ...            Entry(1, "BTC", Decimal(-1), Decimal(1), "lock", 7)])
    {'BTC': Balance(free=Decimal('2'), locked=Decimal('1'))}
    """
    balances: dict[str, Balance] = {}
    for entry in entries:
        had = balances.get(entry.asset, Balance())
        balances[entry.asset] = Balance(had.free + entry.free, had.locked + entry.locked)
    return balances


class Wallet:
    """The balances of an account; they change only through entries of its ledger.

    Parameters
    ----------
    now_ms
        The exchange's clock.
    entries
        The ledger so far, to go on from.
    """

    def __init__(self, now_ms: Callable[[], int], entries: Iterable[Entry] = ()) -> None:
        self._now_ms = now_ms
        self._entries = list(entries)
        self._balances = recompute(self._entries)

    @property
    def ledger(self) -> tuple[Entry, ...]:
        """Every entry, oldest first."""
        return tuple(self._entries)

    def entries_after(self, count: int) -> list[Entry]:
        """Return the entries behind the first `count`."""
        return self._entries[count:]

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def balances(self) -> dict[str, Balance]:
        """The balance of every asset that ever had one, by name."""
        return dict(sorted(self._balances.items()))

    def balance(self, asset: str) -> Balance:
        """Return the balance of an asset, zero where there never was any."""
        return self._balances.get(asset, Balance())

    def change(
        self,
        asset: str,
        cause: str,
        order_id: int | None = None,
        *,
        free: Decimal = ZERO,
        locked: Decimal = ZERO,
    ) -> None:
        """Add to the parts of a balance; a change of nothing leaves no entry.

        Raises
        ------
        ValueError
            If a part would become negative: whoever calls must have checked before.
        """
        if not free and not locked:
            return
        had = self.balance(asset)
        has = Balance(had.free + free, had.locked + locked)
        if has.free < 0 or has.locked < 0:
            raise ValueError(f"{cause} of order {order_id} would leave {has} of {asset}")
        self._balances[asset] = has
        self._entries.append(Entry(self._now_ms(), asset, free, locked, cause, order_id))
