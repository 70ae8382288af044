"""Writing all bytes, although the system may write only some at once."""

from io import FileIO
from pathlib import Path
from typing import Any

from services.disk.whole_writes import write_all


class NearlyFull(FileIO):
    """A file on a disk that takes only three bytes at once."""

    def write(self, data: Any, /) -> int:
        return super().write(bytes(data)[:3])


def test_what_was_not_written_at_once_is_written_afterwards(tmp_path: Path) -> None:
    with NearlyFull(tmp_path / "file", "wb") as file:
        write_all(file, b"")
        write_all(file, b"0123456789")
        write_all(file, b"abc")
    assert (tmp_path / "file").read_bytes() == b"0123456789abc"
