"""The limits on transfers that the user sets."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TransferLimits:
    """How many transfers of each kind run at once, and the total speed in each direction."""

    uploads_at_once: int = 4
    downloads_at_once: int = 4
    deletes_at_once: int = 8
    upload_bytes_a_second: int = 0
    """0 means no limit."""
    download_bytes_a_second: int = 0
