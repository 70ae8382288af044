"""Lists an account's files, uploads one and downloads it again, without a window.

    python -m tests.examples.list_upload_download DATA_FOLDER FILE

The account comes from the environment: OPENAI_API_KEY, and OPENAI_BASE_URL for other servers.
"""

import os
import queue
import sys
from pathlib import Path

from services.accounts.account_book import AccountBook
from services.accounts.key_store import KeyStore
from services.accounts.settings import SettingsStore
from services.catalog.events import FileAdded, FilesListed, ListingEnded
from services.checks.gathering import inspect_file
from services.disk.local_file import UploadRequest
from services.disk.when_taken import WhenTaken
from services.engine import Engine
from services.events import ServiceClosed
from services.providers.account import ENVIRONMENT_ID
from services.system.events import Event
from services.system.paths import paths_under
from services.transfers.events import TransferChanged
from services.transfers.transfer import TransferKind, TransferState

events: queue.SimpleQueue[Event] = queue.SimpleQueue()
data, path = Path(sys.argv[1]), Path(sys.argv[2])
paths = paths_under(data)
settings = SettingsStore(paths.settings_file, lambda save: save())
accounts = AccountBook(settings, KeyStore(), os.environ)
engine = Engine(events.put, accounts, paths)
session = engine.open(ENVIRONMENT_ID)
while not isinstance(event := events.get(timeout=60), ServiceClosed):
    match event:
        case FilesListed(files=files):
            for file in files:
                print("listed", file.id, file.name)
        case ListingEnded():
            session.upload([UploadRequest(inspect_file(path), "user_data")])
        case FileAdded(file=file):
            print("uploaded", file.id)
            session.download([file], data, WhenTaken.KEEP_BOTH)
        case TransferChanged(transfer) if transfer.state is TransferState.DONE:
            if transfer.kind is TransferKind.DOWNLOAD:
                print("saved", transfer.path)
                engine.close()
