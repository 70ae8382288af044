"""Finds out which files about to be uploaded are already on the server."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from services.catalog.upload_record import KnownUpload, UploadRecord
from services.disk.local_file import LocalFile
from services.system.cancellation import CancelToken
from services.system.name_matching import folded

KnownFiles = tuple[tuple[Path, KnownUpload], ...]
HashFile = Callable[[LocalFile, CancelToken], str | None]
"""Returns the SHA-256 of a file in hexadecimal; None if unavailable. Raises Cancelled."""


def find_known(
    files: Sequence[LocalFile],
    uploads: Iterable[UploadRecord],
    hash_file: HashFile,
    token: CancelToken,
) -> Iterator[KnownFiles]:
    """Yield first what the metadata shows, then the result for each file that must be hashed.

    `uploads` are the uploads that still exist, newest first. A file is hashed only if
    something of its size was uploaded with a known hash, and no upload from the same path has
    its size and time. Raises Cancelled.
    """
    by_size: dict[int, list[UploadRecord]] = defaultdict(list)
    for upload in uploads:
        by_size[upload.size].append(upload)
    by_metadata: list[tuple[Path, KnownUpload]] = []
    to_hash: list[LocalFile] = []
    for file in files:
        candidates = [] if file.problem is not None else by_size.get(file.size, [])
        same = [upload for upload in candidates if _is_the_same_file(file, upload)]
        if not same and any(upload.sha256 is not None for upload in candidates):
            to_hash.append(file)
        else:
            by_metadata += _known(file, same, candidates)
    yield tuple(by_metadata)
    for file in to_hash:
        digest = hash_file(file, token)
        candidates = by_size[file.size]
        same = [upload for upload in candidates if digest is not None and upload.sha256 == digest]
        unknown = [upload for upload in candidates if digest is None or upload.sha256 is None]
        yield tuple(_known(file, same, unknown))


def _is_the_same_file(file: LocalFile, upload: UploadRecord) -> bool:
    return (file.path.absolute(), file.modified_ns) == (upload.path, upload.modified_ns)


def _known(
    file: LocalFile, same: Iterable[UploadRecord], uncertain: Iterable[UploadRecord]
) -> Iterator[tuple[Path, KnownUpload]]:
    """The best match per purpose: same content before same name and size, then the newest."""
    by_purpose: dict[str, tuple[Path, KnownUpload]] = {}
    name = folded(file.name)
    named = [upload for upload in uncertain if folded(upload.name) == name]
    for uploads, same_content in ((same, True), (named, False)):
        for upload in uploads:
            known = KnownUpload(
                upload.file_id, same_content, upload.purpose, upload.uploaded_at, upload.name
            )
            by_purpose.setdefault(upload.purpose, (file.path, known))
    yield from by_purpose.values()
