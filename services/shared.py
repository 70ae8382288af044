"""What all sessions of a program share."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from services.accounts.access import AccountAccess
from services.catalog.listings import Listings
from services.catalog.upload_history import UploadHistory
from services.jobs.offered_lists import OfferedLists
from services.jobs.running_batches import RunningBatches
from services.previews.content.image_decoders import ImageDecoders
from services.previews.content.open_files import OpenFiles
from services.previews.content.preview_cache import PreviewCache
from services.references.reference_caches import ReferenceCaches
from services.system.events import Listener
from services.system.interval_timer import MakeTimer
from services.transfers.transfer_commands import TransferCommands


@dataclass(frozen=True, slots=True)
class Shared:
    """Created once, by `Engine`."""

    listener: Listener
    access: AccountAccess
    transfers: TransferCommands
    history: UploadHistory
    make_listings: Callable[[Listener, threading.RLock], Listings]
    """Makes the listings of a session with its listener and lock."""
    preview_cache: PreviewCache
    open_files: OpenFiles
    offered_lists: OfferedLists
    running_batches: RunningBatches
    reference_caches: ReferenceCaches
    make_timer: MakeTimer
    image_decoders: ImageDecoders
    written_folder: Path
    """Where the program writes files to upload them."""
    clean_ups_folder: Path
    """Where plans of clean-ups are stored while they are carried out."""
    changes_folder: Path
    """Where content is kept while a file is changed; only the current user can read it."""
    downloads_folder: Path
    """The program's own folder; a download creates it if it is missing."""
    wait_until_handled: Callable[[float], object]
    """Blocks for up to so many seconds until the listener has handled all large events."""
