"""Detects and reports files that aren't laid out as one object per line."""

from collections.abc import Callable

from services.checks.finding import Finding, ReportFinding
from services.checks.line import Line
from services.checks.objects import Layout, NotObjects, Objects
from services.checks.reading import open_unchanged
from services.disk.local_file import LocalFile
from services.problems.severity import Severity
from services.system.cancellation import CancelToken
from services.system.language import _, ngettext
from services.system.locale_format import whole

_LAYOUT_FAULTS = frozenset(
    {
        "json.unclosed",
        "json.trailing_data",
        "json.comma",
        "json.too_many_values",
        "line.inner_bom",
    }
)


def suggests_other_layout(line: Line) -> bool:
    """Whether a line suggests that the objects of its file are laid out differently."""
    if line.head.lstrip().startswith((b"[", b",")):
        return True
    if not line.readable:
        return line.too_long and line.head.lstrip().startswith(b"{")
    return any(fault.rule in _LAYOUT_FAULTS and not fault.in_string for fault in line.faults)


def read_objects(
    file: LocalFile, token: CancelToken, progress: Callable[[int], None]
) -> tuple[Objects, bool]:
    """Read all objects. Return them and whether the file consists of them, but not one per line."""
    with open_unchanged(file) as opened:
        objects = Objects(opened, token, progress)
        try:
            for _object in objects:
                pass
        except NotObjects:
            return objects, False
    return objects, bool(objects.count and objects.layouts)


def report_multiline(objects: Objects, line: int, report: ReportFinding) -> None:
    """Report a file that starts with a multi-line object but isn't made of complete objects."""
    text = _("Objects are spread over several lines. Put each object on one line.")
    report(Finding(Severity.ERROR, text, line, 1, "file.multiline_objects"))
    if objects.split_string_line is not None:
        text = _("The string that begins here contains a line break. Write it as \\n.")
        report(Finding(Severity.ERROR, text, objects.split_string_line, rule="json.line_break"))


def layout_finding(objects: Objects) -> Finding:
    """Return the finding about the layout of objects that have been read."""
    layout = next(layout for layout in Layout if layout in objects.layouts)
    count, line = objects.layouts[layout]
    rule, text = _TEXTS[layout](count if layout is not Layout.LIST else objects.count)
    return Finding(Severity.ERROR, text, line, rule=rule)


def _list(count: int) -> tuple[str, str]:
    text = ngettext(
        "The file is a list of {count} object. Put each object on its own line, "
        "without brackets or commas around it.",
        "The file is a list of {count} objects. Put each object on its own line, "
        "without brackets or commas around it.",
        count,
    )
    return "file.list", text.format(count=whole(count))


def _multiline(count: int) -> tuple[str, str]:
    text = ngettext(
        "{count} object is spread over several lines. Put each object on one line.",
        "{count} objects are spread over several lines. Put each object on one line.",
        count,
    )
    return "file.multiline_objects", text.format(count=whole(count))


def _cr_endings(_count: int) -> tuple[str, str]:
    return "file.cr_endings", _("Lines end with CR alone. End them with LF.")


def _commas(count: int) -> tuple[str, str]:
    text = ngettext(
        "{count} object is followed by a comma. Lines aren't separated by commas.",
        "{count} objects are followed by commas. Lines aren't separated by commas.",
        count,
    )
    return "file.commas", text.format(count=whole(count))


def _boms(_count: int) -> tuple[str, str]:
    text = _("There is a byte order mark between objects, perhaps from joining files. Remove it.")
    return "file.inner_bom", text


def _same_line(_count: int) -> tuple[str, str]:
    text = _("There are several objects on one line. Put each object on its own line.")
    return "file.several_per_line", text


_TEXTS: dict[Layout, Callable[[int], tuple[str, str]]] = {
    Layout.LIST: _list,
    Layout.MULTILINE: _multiline,
    Layout.CR_ENDINGS: _cr_endings,
    Layout.COMMAS: _commas,
    Layout.BOMS: _boms,
    Layout.SAME_LINE: _same_line,
}
