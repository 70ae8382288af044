"""Counts what happened in scenarios."""

from dataclasses import dataclass, fields


@dataclass
class Counts:
    """The counts of one scenario, or the sum of many."""

    scenarios: int = 0
    uploads: int = 0
    downloads: int = 0
    deletes: int = 0
    by_others: int = 0
    """Files of the same size and purpose uploaded by other clients."""
    answers_lost: int = 0
    kills: int = 0
    quits: int = 0
    renamed: int = 0
    """Uploads stored under another name."""
    adopted: int = 0
    """Finished uploads whose response was lost."""
    candidates: int = 0
    """Uploads with candidates for the user to choose from."""
    resent: int = 0
    """Contents sent again, by the program itself or at the user's request."""
    warned: int = 0
    """Transfers that finished with a warning."""
    uncertain: int = 0
    """Uploads that ended as uncertain."""
    failed: int = 0
    """Transfers that failed."""
    broken: int = 0
    """Broken promises."""

    def add(self, other: "Counts") -> None:
        """Add other counts."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def __str__(self) -> str:
        return "\n".join(
            f"{getattr(self, one.name):9,} {one.name.replace('_', ' ')}" for one in fields(self)
        )
