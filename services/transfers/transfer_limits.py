"""The limits on transfers that the user sets."""

from dataclasses import dataclass

from services.accounts.settings import Settings


@dataclass(frozen=True, slots=True)
class TransferLimits:
    """How many transfers of each kind run at once, and the total speed in each direction."""

    uploads_at_once: int = 4
    downloads_at_once: int = 4
    deletes_at_once: int = 8
    upload_bytes_a_second: int = 0
    """0 means no limit."""
    download_bytes_a_second: int = 0


def limits_in(settings: Settings) -> TransferLimits:
    """The transfer limits in the settings."""
    return TransferLimits(
        uploads_at_once=settings.uploads_at_once,
        downloads_at_once=settings.downloads_at_once,
        deletes_at_once=settings.deletes_at_once,
        upload_bytes_a_second=settings.upload_limit,
        download_bytes_a_second=settings.download_limit,
    )
