"""What the user requested in a scenario, as far as the judge needs it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Requested:
    """The requests, by transfer ID."""

    uploads: dict[int, bytes] = field(default_factory=dict)
    """The content of each upload."""
    downloads: dict[int, str] = field(default_factory=dict)
    """The file ID of each download."""
    deletes: dict[int, str] = field(default_factory=dict)
    resends: Counter[bytes] = field(default_factory=Counter)
    """How often the user chose *Send again* for each content."""
    canceled: dict[int, int] = field(default_factory=dict)
    """Uploads canceled after the last byte, and how often their content had been received by then."""
    chosen: set[int] = field(default_factory=set)
    """Uploads for which the user chose the file."""

    unprovable: set[int] = field(default_factory=set)
    """Uploads whose content can't be verified anymore, because the local file has changed."""

    def rename(self, old: int, new: int) -> None:
        """Change the ID of a transfer, because the old one may be reused."""
        known: list[dict[int, Any]] = [self.uploads, self.downloads, self.deletes, self.canceled]
        for one in known:
            if old in one:
                one[new] = one.pop(old)
        for ids in (self.chosen, self.unprovable):
            if old in ids:
                ids.remove(old)
                ids.add(new)
