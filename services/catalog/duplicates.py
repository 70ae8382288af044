"""Which files that are about to be sent are at the server already."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from services.catalog.remembered_upload import KnownUpload, RememberedUpload
from services.disk.local_file import LocalFile
from services.system.cancellation import CancelToken
from services.system.name_matching import folded

Found = tuple[tuple[Path, KnownUpload], ...]
HashFile = Callable[[LocalFile, CancelToken], str | None]
"""The SHA-256 of a file in hexadecimal; None when it can't be had. Raises Cancelled."""


def find_known(
    files: Sequence[LocalFile],
    remembered: Iterable[RememberedUpload],
    hash_file: HashFile,
    token: CancelToken,
) -> Iterator[Found]:
    """First what can be told at a glance, then each file that had to be hashed for it.

    `remembered` are the uploads that are still there, the newest first. A file is hashed only
    when something of its size was uploaded with a known hash and nothing from its own place is
    the same at a glance. Raises Cancelled.
    """
    of_size: dict[int, list[RememberedUpload]] = defaultdict(list)
    for upload in remembered:
        of_size[upload.size].append(upload)
    at_a_glance: list[tuple[Path, KnownUpload]] = []
    to_hash: list[LocalFile] = []
    for file in files:
        candidates = [] if file.problem is not None else of_size.get(file.size, [])
        same = [upload for upload in candidates if _is_the_same_file(file, upload)]
        if not same and any(upload.sha256 is not None for upload in candidates):
            to_hash.append(file)
        else:
            at_a_glance += _known(file, same, candidates)
    yield tuple(at_a_glance)
    for file in to_hash:
        digest = hash_file(file, token)
        candidates = of_size[file.size]
        same = [upload for upload in candidates if digest is not None and upload.sha256 == digest]
        unknown = [upload for upload in candidates if digest is None or upload.sha256 is None]
        yield tuple(_known(file, same, unknown))


def _is_the_same_file(file: LocalFile, upload: RememberedUpload) -> bool:
    return (file.path.absolute(), file.modified_ns) == (upload.path, upload.modified_ns)


def _known(
    file: LocalFile, same: Iterable[RememberedUpload], unsure: Iterable[RememberedUpload]
) -> Iterator[tuple[Path, KnownUpload]]:
    """The best for each purpose: same content before same name and size, then the newest."""
    of_purpose: dict[str, tuple[Path, KnownUpload]] = {}
    name = folded(file.name)
    named = [upload for upload in unsure if folded(upload.name) == name]
    for uploads, same_content in ((same, True), (named, False)):
        for upload in uploads:
            known = KnownUpload(
                upload.file_id, same_content, upload.purpose, upload.uploaded_at, upload.name
            )
            of_purpose.setdefault(upload.purpose, (file.path, known))
    yield from of_purpose.values()
