"""What a person asked for in a course, as far as the judge needs it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Asked:
    """By the ids of transfers."""

    uploads: dict[int, bytes] = field(default_factory=dict)
    """The content of each."""
    downloads: dict[int, str] = field(default_factory=dict)
    """The id of the remote file of each."""
    deletes: dict[int, str] = field(default_factory=dict)
    said_again: Counter[bytes] = field(default_factory=Counter)
    """How often the person said *Send again* of each content."""
    cancelled: dict[int, int] = field(default_factory=dict)
    """Uploads that were cancelled once all was sent, and how often their content had come."""
    chosen: set[int] = field(default_factory=set)
    """Uploads of which the person said which file they are."""

    unprovable: set[int] = field(default_factory=set)
    """Uploads whose content nobody knows any more: the local file is another one."""

    def rename(self, old: int, new: int) -> None:
        """Know a transfer by another id, as its own may be used again."""
        known: list[dict[int, Any]] = [self.uploads, self.downloads, self.deletes, self.cancelled]
        for one in known:
            if old in one:
                one[new] = one.pop(old)
        for ids in (self.chosen, self.unprovable):
            if old in ids:
                ids.remove(old)
                ids.add(new)
