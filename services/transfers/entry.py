"""What the queue keeps of a transfer."""

from dataclasses import dataclass, field

from services.system.cancellation import CancelToken
from services.transfers.orders import Order
from services.transfers.speed import SpeedMeter
from services.transfers.transfer import Transfer


@dataclass(slots=True)
class Entry:
    """One transfer in the queue; changed only under the ledger's lock."""

    order: Order
    transfer: Transfer
    token: CancelToken = field(default_factory=CancelToken)
    meter: SpeedMeter = field(default_factory=SpeedMeter)
    told_at: float = 0.0
    begun: float = 0.0
    """When it was started last, in seconds since 1970."""
    sent_at: float | None = None
    """When the last byte of this attempt of an upload went out, in seconds since 1970."""
    looks: int = 0
    """How often it was looked for since its answer was lost."""
    found: bool = False
    """The file of this upload is known from the listing, not from an answer."""
    pausing: bool = False
    """It is being stopped in order to go on later."""
    ended_at: float | None = None
    """When it was done, failed or was cancelled, in seconds since 1970."""
