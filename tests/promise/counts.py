"""What courses met, and how they ended."""

from dataclasses import dataclass, fields


@dataclass
class Counts:
    """Of one course, or the sum of many."""

    courses: int = 0
    uploads: int = 0
    downloads: int = 0
    deletes: int = 0
    by_others: int = 0
    """Files of equal size and purpose that other clients made."""
    answers_lost: int = 0
    kills: int = 0
    quits: int = 0
    renamed: int = 0
    """Uploads kept under another name."""
    adopted: int = 0
    """Uploads done whose answer never came."""
    candidates: int = 0
    """Uploads that left the choice to the person."""
    resent: int = 0
    """Contents received again, of their own accord or as the person said."""
    warned: int = 0
    """Transfers done with a warning."""
    uncertain: int = 0
    """Uploads that ended so."""
    failed: int = 0
    """Transfers that ended so."""
    broken: int = 0
    """Promises that were broken."""

    def add(self, other: "Counts") -> None:
        """Count these too."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def __str__(self) -> str:
        return "\n".join(
            f"{getattr(self, one.name):9,} {one.name.replace('_', ' ')}" for one in fields(self)
        )
