"""Fixes what can be fixed safely, in a copy of the file, or in the file itself if that is wanted."""

import secrets
from codecs import BOM_UTF8
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from services.checks.finding import RepairKind
from services.checks.lines import MAX_LINE_BYTES
from services.checks.objects import NotObjects, Objects
from services.checks.reading import READ_SIZE, file_changed_error, open_unchanged
from services.disk.atomic_write import writing_atomically
from services.disk.local_file import LocalFile
from services.disk.local_names import safe_name
from services.disk.partial_file import PartialFile
from services.disk.when_taken import WhenTaken
from services.problems.disk_errors import error_reading
from services.system.cancellation import CancelToken
from services.system.language import _, ngettext
from services.system.locale_format import whole

_CANCEL_CHECK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fix:
    """What was fixed in the content."""

    text: str
    """A sentence."""
    line: int
    """The first line of the original where it was, from 1."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A fixed file."""

    path: Path
    """The fixed copy, or the original if only its name had to change."""
    name: str
    """The name to upload it under: the original name, with a lowercase extension if requested."""
    changes: tuple[str, ...]
    """What was changed, in sentences."""
    fixes: tuple[Fix, ...] = ()
    """What was changed in the content."""


def repair(
    file: LocalFile,
    kinds: Collection[RepairKind],
    *,
    token: CancelToken,
    folder: Path | None = None,
) -> Repaired:
    """Fix the given kinds of faults in a copy, in constant memory.

    The copy is next to the file, or under the same name in the `folder`; nothing is replaced. Raise
    Cancelled, or FilesError if the file can't be read or has changed, or if the copy can't be written.
    In all of these cases, nothing is left behind.
    """
    changes: list[str] = []
    extension = PurePath(file.name).suffix
    name = file.name
    if RepairKind.EXTENSION in kinds and extension != extension.lower():
        name = name.removesuffix(extension) + extension.lower()
        sentence = _("The file will be uploaded as {name}.")
        changes.append(sentence.format(name=name))
    if not set(kinds) - {RepairKind.EXTENSION}:
        return Repaired(file.path, name, tuple(changes))
    fixer = _Fixer(kinds)
    try:
        path = _write(file, fixer, name, token, folder)
    except NotObjects as error:
        raise file_changed_error(file.path) from error
    saved = _("Saved as {name}. The original file wasn't changed.").format(name=path.name)
    fixes = tuple(fixer.fixes)
    sentences = (*(fix.text for fix in fixes), *changes, saved)
    return Repaired(path, name, sentences, fixes)


def repair_in_place(
    file: LocalFile, kinds: Collection[RepairKind], *, token: CancelToken
) -> tuple[Fix, ...]:
    """Fix the given kinds of faults in the file itself, which is replaced at once. Its name stays.

    Raise Cancelled or FilesError like `repair`; the file is unchanged then.
    """
    fixer = _Fixer(kinds)
    try:
        mode = file.path.stat().st_mode
        with writing_atomically(file.path, mode) as write, open_unchanged(file) as opened:
            for piece in fixer.pieces(opened, token):
                write(piece)
                token.check()
    except NotObjects as error:
        raise file_changed_error(file.path) from error
    except OSError as error:
        raise error_reading(error, file.path) from error
    return tuple(fixer.fixes)


def _write(
    file: LocalFile, fixer: "_Fixer", name: str, token: CancelToken, folder: Path | None
) -> Path:
    pure = PurePath(name)
    copy_name = pure.name
    if folder is None:
        copy_name = _("{name} (fixed)").format(name=pure.stem) + pure.suffix
    with (
        open_unchanged(file) as opened,
        PartialFile(folder or file.path.parent, safe_name(copy_name), secrets.token_hex(4)) as part,
    ):
        part.check_free_space(file.size)
        written = 0
        for piece in fixer.pieces(opened, token):
            part.write(piece)
            if part.written - written >= _CANCEL_CHECK_BYTES:
                written = part.written
                token.check()
        token.check()
        return part.finish(WhenTaken.KEEP_BOTH, _ignore)


class _Fixer:
    """Removes the faults from the content, and counts them."""

    def __init__(self, kinds: Collection[RepairKind]) -> None:
        self._kinds = kinds
        self._boms = self._crlf_endings = self._blank_lines = self._objects = 0
        self._line = 1
        self._first: dict[RepairKind, int] = {}
        """The first line of each kind of fault."""
        self._pending: list[bytes] = []
        self._pending_bytes = 0

    @property
    def fixes(self) -> Iterator[Fix]:
        """What was changed."""
        if self._objects:
            text = ngettext(
                "{count} object is now on its own line.",
                "{count} objects are now on their own lines.",
                self._objects,
            )
            yield self._fix(RepairKind.OBJECT_LINES, text, self._objects)
        if self._boms:
            text = ngettext(
                "The byte order mark was removed.",
                "{count} byte order marks were removed.",
                self._boms,
            )
            yield self._fix(RepairKind.BYTE_ORDER_MARK, text, self._boms)
        if self._crlf_endings:
            text = ngettext(
                "{count} line now ends with LF instead of CR LF.",
                "{count} lines now end with LF instead of CR LF.",
                self._crlf_endings,
            )
            yield self._fix(RepairKind.CARRIAGE_RETURNS, text, self._crlf_endings)
        if self._blank_lines:
            text = ngettext(
                "{count} blank line was removed.",
                "{count} blank lines were removed.",
                self._blank_lines,
            )
            yield self._fix(RepairKind.BLANK_LINES, text, self._blank_lines)

    def _fix(self, kind: RepairKind, text: str, count: int) -> Fix:
        return Fix(text.format(count=whole(count)), self._first.get(kind, 1))

    def _note(self, kind: RepairKind) -> None:
        self._first.setdefault(kind, self._line)

    def pieces(self, source: BinaryIO, token: CancelToken) -> Iterator[bytes]:
        """Yield the fixed content. A long line comes in several pieces.

        Raise NotObjects if objects should go on separate lines, but the file doesn't consist of
        objects.
        """
        if self._wants(RepairKind.OBJECT_LINES):
            for found in Objects(source, token, _ignore):
                self._objects += 1
                yield found.raw + b"\n"
            return
        at_start = True
        partial_bom = b""
        for part in _lines_or_parts(source):
            piece = partial_bom + part
            partial_bom = b""
            at_end = piece.endswith(b"\n")
            if at_start and self._wants(RepairKind.BYTE_ORDER_MARK):
                piece = self._without_bom(piece)
                if not at_end and BOM_UTF8.startswith(piece):
                    partial_bom = piece
                    continue
            if (at_start or self._pending) and piece.isspace() and self._hold_back(piece):
                # Only the end of the line shows whether it is blank.
                if at_end:
                    self._count_blank_line()
                    self._drop_pending()
                    self._line += 1
                at_start = at_end
                continue
            yield from self._pending
            self._drop_pending()
            if at_end and self._wants(RepairKind.CARRIAGE_RETURNS) and piece.endswith(b"\r\n"):
                self._crlf_endings += 1
                self._note(RepairKind.CARRIAGE_RETURNS)
                piece = piece.rstrip(b"\r\n") + b"\n"
            at_start = at_end
            self._line += at_end
            yield piece
        yield partial_bom
        if self._pending:
            self._count_blank_line()

    def _count_blank_line(self) -> None:
        self._blank_lines += 1
        self._note(RepairKind.BLANK_LINES)

    def _without_bom(self, piece: bytes) -> bytes:
        while piece.startswith(BOM_UTF8):
            self._boms += 1
            self._note(RepairKind.BYTE_ORDER_MARK)
            piece = piece.removeprefix(BOM_UTF8)
        return piece

    def _hold_back(self, piece: bytes) -> bool:
        """Hold back what may be a blank line, up to the longest line that the check supports."""
        if (
            not self._wants(RepairKind.BLANK_LINES)
            or self._pending_bytes + len(piece) >= MAX_LINE_BYTES
        ):
            return False
        self._pending.append(piece)
        self._pending_bytes += len(piece)
        return True

    def _drop_pending(self) -> None:
        self._pending.clear()
        self._pending_bytes = 0

    def _wants(self, kind: RepairKind) -> bool:
        return kind in self._kinds


def _lines_or_parts(source: BinaryIO) -> Iterator[bytes]:
    """Yield lines with their endings. Long lines come in parts that never split a CR LF."""
    carried = b""
    while piece := source.readline(READ_SIZE):
        piece = carried + piece
        text = piece.rstrip(b"\r")
        carried = piece[len(text) :] if len(piece) - len(text) < READ_SIZE else b""
        yield text if carried else piece
    if carried:
        yield carried


def _ignore(_what: object) -> None:
    """Do nothing: nobody needs the target after a crash, or the progress."""
