"""What the person allows transfers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TransferLimits:
    """How many transfers run at once, and the total speed of each direction."""

    uploads_at_once: int = 4
    downloads_at_once: int = 4
    deletes_at_once: int = 8
    upload_bytes_a_second: int = 0
    """0 is no limit."""
    download_bytes_a_second: int = 0
