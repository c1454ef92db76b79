"""The mistakes that a person is told when freqtrade is started, and how those of others join."""

from collections.abc import Iterator
from contextlib import contextmanager

REFUSED = 2


class LaunchError(Exception):
    """Say what is wrong and what to change, a line for each problem.

    Parameters
    ----------
    *problems
        One line each; white space within them is folded.
    status
        The exit status the command ends with.
    """

    def __init__(self, *problems: str, status: int = REFUSED) -> None:
        self.problems = tuple(" ".join(problem.split()) for problem in problems)
        self.status = status
        super().__init__("\n".join(self.problems))


@contextmanager
def local_exchange_needed(command: str) -> Iterator[None]:
    """Run a block that works with the local exchange, which a copied strategy does not bring.

    Raises
    ------
    LaunchError
        If the local exchange is not there, or refuses what it is asked to be.
    """
    try:
        from sandbox.exchange.errors import SandboxError
    except ModuleNotFoundError:
        raise LaunchError(
            f"rebalance {command} needs the local exchange of the project (its folder sandbox), "
            "which a copied strategy does not bring: run it in a clone of the project"
        ) from None
    try:
        yield
    except SandboxError as error:
        raise LaunchError(*error.problems) from None
