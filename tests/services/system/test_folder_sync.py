"""Syncing a folder doesn't leave it open."""

import os
from pathlib import Path

from services.system.folder_sync import sync_folder


def test_the_folder_is_closed_after_syncing(tmp_path: Path) -> None:
    sync_folder(tmp_path)
    sync_folder(tmp_path / "not there")
    still_open = [os.path.realpath(one) for one in Path("/proc/self/fd").glob("*")]
    assert str(tmp_path) not in still_open
