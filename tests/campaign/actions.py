"""What can happen to a bot, one class each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sandbox.serving.faults import Fault

if TYPE_CHECKING:
    from tests.campaign.life import Life

ORDER = "/api/v3/order"
STAKE = "USDT"


class Action(Protocol):
    """Something that happens at one point of a script."""

    def happen(self, life: "Life") -> None:
        """Do it."""


@dataclass(frozen=True)
class Move:
    """Prices change, stake currency."""

    prices: Mapping[str, float]

    def happen(self, life: "Life") -> None:
        """Set the prices."""
        life.move(self.prices)


@dataclass(frozen=True)
class Wait:
    """The bot is left alone for some loops, or as long as it hangs."""

    loops: int

    def happen(self, life: "Life") -> None:
        """Wait."""
        life.wait(self.loops)


@dataclass(frozen=True)
class Break:
    """Requests go wrong."""

    fault: Fault

    def happen(self, life: "Life") -> None:
        """Put the fault in force."""
        life.ground.faults.add(self.fault)


@dataclass(frozen=True)
class Halt:
    """A pair does not trade until `Repair`."""

    asset: str

    def happen(self, life: "Life") -> None:
        """Halt it; a bot that has just been started learns of its markets only now."""
        life.disturb()
        life.is_blind = life.is_blind or not life.bot.loops_of_this_life
        life.ground.exchange.halted.add(f"{self.asset}/USDT")


@dataclass(frozen=True)
class Freeze:
    """A pair shows old prices until `Repair`."""

    asset: str

    def happen(self, life: "Life") -> None:
        """Freeze it."""
        life.freeze(self.asset)


@dataclass(frozen=True)
class WrongClock:
    """The exchange's clock goes wrong until `Repair`: by more than a second it refuses what is
    signed, while orders that rest go on filling."""

    offset_ms: int

    def happen(self, life: "Life") -> None:
        """Move the clock."""
        life.disturb()
        life.set_clock(self.offset_ms)


@dataclass(frozen=True)
class Repair:
    """Whatever was halted, frozen or wrong is right again; faults of requests stay."""

    def happen(self, life: "Life") -> None:
        """Repair it."""
        life.repair()


@dataclass(frozen=True)
class Deposit:
    """Stake currency arrives in the account."""

    amount: float

    def happen(self, life: "Life") -> None:
        """Deposit it."""
        life.hands.pay(self.amount)


@dataclass(frozen=True)
class Withdraw:
    """A share of the stake currency that can be spared leaves the account."""

    share: float

    def happen(self, life: "Life") -> None:
        """Withdraw it."""
        amount = round(life.hands.spare_cash * self.share, 2)
        if amount > 0:
            life.hands.pay(-amount)


@dataclass(frozen=True)
class Kill:
    """Signal 9 after some seconds, and a new start."""

    after: float

    def happen(self, life: "Life") -> None:
        """Kill and start it."""
        life.clock.sleep_until_killed(life.bot, self.after)
        life.kill()
        life.keep_alive()


@dataclass(frozen=True)
class KillAtOrder:
    """Signal 9 when the exchange has taken an order and has not said so; then a new start.

    Attributes
    ----------
    prices
        What coins cost afterwards, before it is there again.
    """

    prices: Mapping[str, float]

    def happen(self, life: "Life") -> None:
        """Let the next answer to an order hang and kill the bot meanwhile."""
        hang = Fault("hang", "POST", ORDER, accepted=True, seconds=1.5)
        life.ground.faults.add(hang)
        life.wait_for_order()
        life.kill()
        life.move(self.prices)
        life.keep_alive()


@dataclass(frozen=True)
class Nap:
    """The bot is stopped in order, and comes back as if so many seconds had passed."""

    seconds: float

    def happen(self, life: "Life") -> None:
        """Stop it, let its time pass and start it."""
        life.nap(self.seconds)
