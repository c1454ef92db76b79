"""The one kind of mistake the sandbox reports to a person."""

REFUSED = 2


class SandboxError(Exception):
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
