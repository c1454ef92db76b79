"""Packages that plain freqtrade does not bring, and what is said where they are missing."""

from __future__ import annotations


class ExtraMissingError(ImportError):
    """A package is needed that is not installed: one line, with the remedy.

    Parameters
    ----------
    package : str
        As the package index names it.
    purpose : str
        What it is needed for.
    """

    def __init__(self, package: str, purpose: str) -> None:
        self.package = package
        super().__init__(f"{purpose} needs the package {package}: pip install {package}")
