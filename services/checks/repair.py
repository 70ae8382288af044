"""Fixing what is safe to fix: into a new file beside the old one, which is never touched."""

import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from services.checks.finding import RepairKind
from services.checks.lines import LONGEST
from services.checks.objects import NotObjects, Objects
from services.checks.reading import PIECE, file_changed, reading
from services.disk.local_file import LocalFile
from services.disk.local_names import safe_name
from services.disk.partial_file import PartialFile
from services.disk.when_taken import WhenTaken
from services.system.cancellation import CancelToken
from services.system.language import _, ngettext
from services.system.locale_format import whole

_CHECK_EVERY = 1024 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Repaired:
    """A fixed file."""

    path: Path
    """The new file; the old one where only the name had to change."""
    name: str
    """The name to send it under: the old one, its extension in small letters if so asked."""
    told: tuple[str, ...]
    """What was done, in sentences."""


def repair(file: LocalFile, kinds: Collection[RepairKind], *, token: CancelToken) -> Repaired:
    """Fix the given kinds of faults, in constant memory, whatever the size of the file.

    Raise FilesError when the file can't be read, has changed since it was looked at, or the new
    one can't be written, and Cancelled; then nothing is left behind.
    """
    told: list[str] = []
    extension = PurePath(file.name).suffix
    name = file.name
    if RepairKind.EXTENSION in kinds and extension != extension.lower():
        name = name.removesuffix(extension) + extension.lower()
        sentence = _("The file will be uploaded as {name}.")
        told.append(sentence.format(name=name))
    if not set(kinds) - {RepairKind.EXTENSION}:
        return Repaired(file.path, name, tuple(told))
    fixing = _Fixing(kinds)
    try:
        path = _write(file, fixing, name, token)
    except NotObjects as error:
        raise file_changed(file.path) from error
    saved = _("Saved as {name}. The original file wasn't changed.").format(name=path.name)
    return Repaired(path, name, (*fixing.told, *told, saved))


def _write(file: LocalFile, fixing: "_Fixing", name: str, token: CancelToken) -> Path:
    pure = PurePath(name)
    beside = safe_name(_("{name} (fixed)").format(name=pure.stem) + pure.suffix)
    with (
        reading(file) as opened,
        PartialFile(file.path.parent, beside, secrets.token_hex(4)) as part,
    ):
        part.check_free_space(file.size)
        written = 0
        for piece in fixing.pieces(opened, token):
            part.write(piece)
            if part.written - written >= _CHECK_EVERY:
                written = part.written
                token.check()
        token.check()
        return part.finish(WhenTaken.KEEP_BOTH, _not_noted)


class _Fixing:
    """Gives the content without the faults, and counts them."""

    def __init__(self, kinds: Collection[RepairKind]) -> None:
        self._kinds = kinds
        self._marks = self._returns = self._blanks = self._objects = 0
        self._held: list[bytes] = []
        self._held_bytes = 0

    @property
    def told(self) -> Iterator[str]:
        """What was done."""
        if self._objects:
            yield ngettext(
                "{count} object is now on its own line.",
                "{count} objects are now on their own lines.",
                self._objects,
            ).format(count=whole(self._objects))
        if self._marks:
            yield ngettext(
                "The byte order mark was removed.",
                "{count} byte order marks were removed.",
                self._marks,
            ).format(count=whole(self._marks))
        if self._returns:
            yield ngettext(
                "{count} line now ends with LF instead of CR LF.",
                "{count} lines now end with LF instead of CR LF.",
                self._returns,
            ).format(count=whole(self._returns))
        if self._blanks:
            yield ngettext(
                "{count} blank line was removed.", "{count} blank lines were removed.", self._blanks
            ).format(count=whole(self._blanks))

    def pieces(self, source: BinaryIO, token: CancelToken) -> Iterator[bytes]:
        """The content piece by piece; a long line comes in several.

        Raise NotObjects if objects are to be put on lines and the file is not made of them.
        """
        if self._wants(RepairKind.OBJECT_LINES):
            for found in Objects(source, token, _not_noted):
                self._objects += 1
                yield found.raw + b"\n"
            return
        at_start = True
        cut_mark = b""
        for part in _lines_or_parts(source):
            piece = cut_mark + part
            cut_mark = b""
            ended = piece.endswith(b"\n")
            if at_start and self._wants(RepairKind.BYTE_ORDER_MARK):
                piece = self._unmarked(piece)
                if not ended and _BYTE_ORDER_MARK.startswith(piece):
                    cut_mark = piece
                    continue
            if (at_start or self._held) and piece.isspace() and self._holds(piece):
                # Whether the line is blank is known at its end.
                if ended:
                    self._blanks += 1
                    self._drop_held()
                at_start = ended
                continue
            yield from self._held
            self._drop_held()
            if ended and self._wants(RepairKind.CARRIAGE_RETURNS) and piece.endswith(b"\r\n"):
                self._returns += 1
                piece = piece.rstrip(b"\r\n") + b"\n"
            at_start = ended
            yield piece
        yield cut_mark
        self._blanks += bool(self._held)

    def _unmarked(self, piece: bytes) -> bytes:
        while piece.startswith(_BYTE_ORDER_MARK):
            self._marks += 1
            piece = piece.removeprefix(_BYTE_ORDER_MARK)
        return piece

    def _holds(self, piece: bytes) -> bool:
        """Hold back what may be a blank line; the check takes a longer one for too long."""
        if not self._wants(RepairKind.BLANK_LINES) or self._held_bytes + len(piece) >= LONGEST:
            return False
        self._held.append(piece)
        self._held_bytes += len(piece)
        return True

    def _drop_held(self) -> None:
        self._held.clear()
        self._held_bytes = 0

    def _wants(self, kind: RepairKind) -> bool:
        return kind in self._kinds


def _lines_or_parts(source: BinaryIO) -> Iterator[bytes]:
    """Lines with their ends; of a long one, parts that are never cut between CR and LF."""
    held = b""
    while piece := source.readline(PIECE):
        piece = held + piece
        text = piece.rstrip(b"\r")
        held = piece[len(text) :] if len(piece) - len(text) < PIECE else b""
        yield text if held else piece
    if held:
        yield held


def _not_noted(_what: object) -> None:
    """After a crash nobody looks for a fixed file, and nobody is told how far it is."""
