"""Several downloads in one archive, written as they arrive."""

import contextlib
import hashlib
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.disk.local_names import distinct_names
from services.disk.partial_file import PartialFile
from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.language import _, ngettext
from services.system.locale_format import whole
from services.transfers.received_content import checked_pieces, warning_about
from services.transfers.running_transfer import ContentProgress

_EARLIEST = 315_619_200
_LATEST = 4_354_732_800
"""A day after the start of 1980 and a day before the end of 2107, in any time zone: zip archives
can't store other times."""

_REFUSED = frozenset(
    {ProblemKind.NOT_FOUND, ProblemKind.CONTENT_REFUSED, ProblemKind.REQUEST_REFUSED}
)
"""Problems of one file that another attempt wouldn't solve."""


def zip_name(count: int, now: float) -> str:
    """Return the name of an archive, “12 files 2026-11-20.zip”; `now` is in seconds since 1970."""
    day = datetime.fromtimestamp(now).astimezone().strftime("%Y-%m-%d")
    return _("{number} files {day}.zip").format(number=count, day=day)


def write_zip(
    partial: PartialFile,
    files: Sequence[RemoteFile],
    api: FilesApi,
    running: ContentProgress,
    hashes: Mapping[str, str],
    leave_out: Callable[[int, Problem], None] | None = None,
) -> Problem | None:
    """Fetch files one by one into an archive; return a warning if any differ from expected.

    Raises FilesError and Cancelled. Files with the same name get numbers. `hashes` are the known
    SHA-256 hashes of the uploads by file ID.

    With `leave_out`, files that the server refuses are left out of the archive, and it is called
    with the index and the problem of each; also for files in it that differ from expected.
    """
    received = 0
    warnings: list[tuple[str, Problem]] = []
    with zipfile.ZipFile(_Unseekable(partial), "w", zipfile.ZIP_DEFLATED) as archive:
        names = distinct_names(file.name for file in files)
        for number, (file, name) in enumerate(zip(files, names, strict=True)):
            member = zip_member(file, name)
            before = received
            known_sha256 = hashes.get(file.id)
            digest = hashlib.sha256() if known_sha256 else None
            with contextlib.ExitStack() as stack:
                try:
                    content = stack.enter_context(api.content(file.id, running.token))
                except FilesError as error:
                    if leave_out is None or error.problem.kind not in _REFUSED:
                        raise
                    leave_out(number, error.problem)
                    continue
                opened = stack.enter_context(archive.open(member, "w", force_zip64=True))
                for piece in checked_pieces(content, file.size):
                    opened.write(piece)
                    if digest is not None:
                        digest.update(piece)
                    received += len(piece)
                    running.set_progress(received)
            size = received - before
            warning = warning_about(content, size, file.size, digest, known_sha256)
            if warning is not None:
                warnings.append((name, warning))
                if leave_out is not None:
                    leave_out(number, warning)
    running.set_total(received)
    return combined_warning(warnings)


def zip_member(file: RemoteFile, name: str) -> zipfile.ZipInfo:
    """Return the entry of a file in an archive, compressed."""
    member = zipfile.ZipInfo(name, _date_of(file))
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def combined_warning(warnings: Sequence[tuple[str, Problem]]) -> Problem | None:
    """Combine the warnings of files, by name, into one; its detail has all titles and names."""
    if not warnings:
        return None
    words = ngettext(
        "{number} file in the archive isn't as expected",
        "{number} files in the archive aren't as expected",
        len(warnings),
    )
    advice = _("{name}: {title}.").format(name=warnings[0][0], title=warnings[0][1].title)
    if len(warnings) > 1:
        advice = _("{advice} See the report for the others.").format(advice=advice)
    return Problem(
        ProblemKind.DIFFERS,
        words.format(number=whole(len(warnings))),
        advice,
        "\n".join(f"{name}: {one.title}\n{one.detail}" for name, one in warnings),
    )


class _Unseekable:
    """The file interface that zipfile needs, for a file that can only be appended to."""

    def __init__(self, partial: PartialFile) -> None:
        self._partial = partial

    def write(self, data: bytes) -> int:
        self._partial.write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: there is no buffer."""

    def close(self) -> None:
        """Do nothing: the part file is closed by its owner."""


def _date_of(file: RemoteFile) -> tuple[int, int, int, int, int, int]:
    moment = time.localtime(min(max(file.created_at or 0, _EARLIEST), _LATEST))
    return (
        moment.tm_year,
        moment.tm_mon,
        moment.tm_mday,
        moment.tm_hour,
        moment.tm_min,
        moment.tm_sec,
    )
