"""Checks the name and size of a file, whatever its content.

Sources: the API reference (sizes, .jsonl), rejections by the official service that users have
posted (extensions, names without one), and names known to cause trouble on other servers.
"""

from collections.abc import Callable

from services.checks.finding import Finding, RepairKind
from services.checks.short_repr import short_repr
from services.disk.local_file import LocalFile
from services.problems.severity import Severity
from services.providers.limits import Limits
from services.providers.purposes import purpose_named, suffix_of
from services.system.language import _
from services.system.locale_format import whole
from services.system.sizes import MB, format_size
from services.system.unsafe_characters import is_unsafe

_MIB = 1024 * 1024
_ASSISTANTS_EXTENSIONS = (
    ".c.cpp.cs.css.csv.doc.docx.gif.go.html.java.jpeg.jpg.js.json.md.pdf.php.pkl.png.pptx.py.rb"
    ".sh.tar.tex.ts.txt.webp.xlsx.xml.zip."
)
"""The extensions listed in a rejection by the official service and in its file search guide."""
_RISKY_CHARACTERS = frozenset('"\\')


class FileCheck:
    """Checks the name and the size."""

    def __init__(self, report: Callable[[Finding], None], limits: Limits) -> None:
        self._report = report
        self._limits = limits

    def check(self, file: LocalFile, purpose: str) -> tuple[RepairKind, ...]:
        """Report what is wrong for the purpose. Return what can be fixed."""
        self._check_size(file.size, purpose)
        self._check_name(file.name)
        return self._check_extension(file.name, purpose)

    def _check_size(self, size: int, purpose: str) -> None:
        if not size:
            text = _("The file is empty. Servers don't accept empty files.")
            self._add(Severity.ERROR, "file.empty", text)
        batch = self._limits.batch_bytes if purpose == "batch" else None
        limit = self._limits.largest(purpose)
        if limit is None or size <= limit // _MIB * MB:
            return
        text = (
            _("The file is {size}. A batch can have at most {limit} MB. Split the file.")
            if batch is not None
            else _("The file is {size}. The limit is {limit} MB.")
        )
        severity = Severity.ERROR if size > limit else Severity.WARNING
        text = text.format(limit=whole(limit // _MIB), size=format_size(size))
        self._add(severity, "file.too_large", text)

    def _check_name(self, name: str) -> None:
        # Nearly all names are plain, and there may be thousands.
        is_plain = name.isascii() and name.isprintable() and _RISKY_CHARACTERS.isdisjoint(name)
        risky = None if is_plain else _first_risky(name)
        if risky is not None:
            text = _(
                "The name contains {char}, which servers may reject or change. Rename the file."
            )
            self._add(Severity.WARNING, "name.risky_character", text.format(char=short_repr(risky)))
        elif not self._limits.allows_any_name and not name.isascii():
            text = _("Some servers only accept names in plain ASCII. Rename the file.")
            self._add(Severity.WARNING, "name.not_ascii", text)

    def _check_extension(self, name: str, purpose: str) -> tuple[RepairKind, ...]:
        extension = suffix_of(name)
        lowercase = extension.lower()
        allowed = purpose_named(purpose).suffixes
        if allowed and lowercase not in allowed:
            text = (
                _("The name ends in {extension}, but this purpose only accepts {allowed}.")
                if extension
                else _("The name has no extension, but this purpose only accepts {allowed}.")
            )
            text = text.format(extension=extension, allowed=", ".join(sorted(allowed)))
            self._add(self._limits.severity, "extension.wrong", text)
            return ()
        if not extension:
            text = _("The name has no extension, so the server can't tell the type of the file.")
            self._add(Severity.WARNING, "extension.missing", text)
        elif self._limits.accepts_any_extension:
            return ()
        elif purpose == "assistants" and f"{lowercase}." not in _ASSISTANTS_EXTENSIONS:
            text = _("The server may reject {extension} files for this purpose.")
            self._add(Severity.WARNING, "extension.unusual", text.format(extension=extension))
        if lowercase == extension or not (allowed or purpose == "assistants"):
            return ()
        text = _("The server may reject the uppercase extension {extension}.")
        self._add(Severity.WARNING, "extension.uppercase", text.format(extension=extension))
        return (RepairKind.EXTENSION,)

    def _add(self, severity: Severity, rule: str, text: str) -> None:
        self._report(Finding(severity, text, rule=rule))


def _first_risky(name: str) -> str | None:
    return next((char for char in name if char in _RISKY_CHARACTERS or is_unsafe(char)), None)
