"""Checks what a file's name and size tell, whatever is in it.

Sources: the API reference (sizes, .jsonl); refusals of the official service that people quote
(extensions, names without one); names that other servers were seen to stumble over.
"""

from collections.abc import Callable
from pathlib import PurePath

from services.checks.finding import Finding, RepairKind
from services.checks.shown import shown
from services.disk.local_file import LocalFile
from services.problems.severity import Severity
from services.providers.limits import Limits
from services.providers.purposes import purpose_named
from services.system.language import _
from services.system.locale_format import whole
from services.system.sizes import MB, size_in_words
from services.system.unsafe_characters import is_unsafe

_MIB = 1024 * 1024
_ASSISTANTS = (
    ".c.cpp.cs.css.csv.doc.docx.gif.go.html.java.jpeg.jpg.js.json.md.pdf.php.pkl.png.pptx.py.rb"
    ".sh.tar.tex.ts.txt.webp.xlsx.xml.zip."
)
"""What a refusal of the official service named, and the list of its guide on file search."""
_ODD = frozenset('"\\')


class FileCheck:
    """Looks at the name and the size."""

    def __init__(self, report: Callable[[Finding], None], limits: Limits) -> None:
        self._report = report
        self._limits = limits

    def look_at(self, file: LocalFile, purpose: str) -> tuple[RepairKind, ...]:
        """Report what is wrong for the purpose; what of it can be fixed."""
        self._look_at_size(file.size, purpose)
        self._look_at_name(file.name)
        return self._look_at_extension(file.name, purpose)

    def _look_at_size(self, size: int, purpose: str) -> None:
        if not size:
            told = _("The file is empty. Servers don't accept empty files.")
            self._tell(Severity.ERROR, "file.empty", told)
        batch = self._limits.batch_bytes if purpose == "batch" else None
        most = self._limits.largest(purpose)
        if most is None or size <= most // _MIB * MB:
            return
        told = (
            _("The file is {size}. A batch can have at most {most} MB. Split the file.")
            if batch is not None
            else _("The file is {size}. The limit is {most} MB.")
        )
        severity = Severity.ERROR if size > most else Severity.WARNING
        told = told.format(most=whole(most // _MIB), size=size_in_words(size))
        self._tell(severity, "file.too_large", told)

    def _look_at_name(self, name: str) -> None:
        odd = next((char for char in name if char in _ODD or is_unsafe(char)), None)
        if odd is not None:
            told = _(
                "The name contains {char}, which servers may reject or change. Rename the file."
            )
            self._tell(Severity.WARNING, "name.odd", told.format(char=shown(odd)))
        elif not self._limits.allows_any_name and not name.isascii():
            told = _("Some servers only accept names in plain ASCII. Rename the file.")
            self._tell(Severity.WARNING, "name.not_ascii", told)

    def _look_at_extension(self, name: str, purpose: str) -> tuple[RepairKind, ...]:
        extension = PurePath(name).suffix
        small = extension.lower()
        wanted = purpose_named(purpose).suffixes
        if wanted and small not in wanted:
            told = (
                _("The name ends in {extension}, but this purpose only accepts {wanted}.")
                if extension
                else _("The name has no extension, but this purpose only accepts {wanted}.")
            )
            told = told.format(extension=extension, wanted=", ".join(sorted(wanted)))
            self._tell(self._limits.severity, "extension.wrong", told)
            return ()
        if not extension:
            told = _("The name has no extension, so the server can't tell the type of the file.")
            self._tell(Severity.WARNING, "extension.missing", told)
        elif purpose == "assistants" and f"{small}." not in _ASSISTANTS:
            told = _("The server may reject {extension} files for this purpose.")
            self._tell(Severity.WARNING, "extension.unusual", told.format(extension=extension))
        if small == extension or not (wanted or purpose == "assistants"):
            return ()
        told = _("The server may reject the extension {extension} in capital letters.")
        self._tell(Severity.WARNING, "extension.capitals", told.format(extension=extension))
        return (RepairKind.EXTENSION,)

    def _tell(self, severity: Severity, rule: str, text: str) -> None:
        self._report(Finding(severity, text, rule=rule))
