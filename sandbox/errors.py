"""The one kind of mistake the sandbox reports to a person."""


class SandboxError(Exception):
    """Say in one line what is wrong and what to change; the command ends with status 2."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))
