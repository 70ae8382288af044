"""Files whose objects do not stand on a line each: which they are, and how that is told."""

from collections.abc import Callable

from services.checks.finding import Finding
from services.checks.lines import Line, Report
from services.checks.objects import Layout, NotObjects, Objects
from services.checks.reading import reading
from services.disk.local_file import LocalFile
from services.problems.severity import Severity
from services.system.cancellation import CancelToken
from services.system.language import _, ngettext
from services.system.locale_format import whole

_FAULTS = frozenset(
    {
        "json.unclosed",
        "json.more_behind",
        "json.comma",
        "json.too_involved",
        "line.mark_inside",
    }
)


def may_be_otherwise(line: Line) -> bool:
    """Whether a line looks as if the objects of its file were laid out in another way."""
    if line.begins.lstrip().startswith((b"[", b",")):
        return True
    if not line.readable:
        return line.too_long and line.begins.lstrip().startswith(b"{")
    return any(fault.rule in _FAULTS and not fault.in_text for fault in line.faults)


def objects_laid_out_otherwise(
    file: LocalFile, token: CancelToken, progress: Callable[[int], None]
) -> tuple[Objects, bool]:
    """The objects of a file, gone through; whether it is made of them, and not one on each line."""
    with reading(file) as opened:
        objects = Objects(opened, token, progress)
        try:
            for _object in objects:
                pass
        except NotObjects:
            return objects, False
    return objects, bool(objects.count and objects.seen)


def tell_spread(objects: Objects, line: int, report: Report) -> None:
    """Tell of a file that begins like objects over many lines, and is not made of whole ones."""
    told = _("Objects are spread over several lines. Put each object on one line.")
    report(Finding(Severity.ERROR, told, line, 1, "file.spread"))
    if objects.torn is not None:
        told = _("The string that begins here contains a line break. Write it as \\n.")
        report(Finding(Severity.ERROR, told, objects.torn, rule="json.line_break"))


def layout_finding(objects: Objects) -> Finding:
    """What there is to say of objects that were gone through."""
    layout = next(one for one in Layout if one in objects.seen)
    count, line = objects.seen[layout]
    rule, told = _WORDS[layout](count if layout is not Layout.LIST else objects.count)
    return Finding(Severity.ERROR, told, line, rule=rule)


def _list(count: int) -> tuple[str, str]:
    told = ngettext(
        "The file is a list of {count} object. Put each object on its own line, "
        "without brackets or commas around it.",
        "The file is a list of {count} objects. Put each object on its own line, "
        "without brackets or commas around it.",
        count,
    )
    return "file.list", told.format(count=whole(count))


def _spread(count: int) -> tuple[str, str]:
    told = ngettext(
        "{count} object is spread over several lines. Put each object on one line.",
        "{count} objects are spread over several lines. Put each object on one line.",
        count,
    )
    return "file.spread", told.format(count=whole(count))


def _returns(_count: int) -> tuple[str, str]:
    return "file.returns_alone", _("Lines end with CR alone. End them with LF.")


def _commas(count: int) -> tuple[str, str]:
    told = ngettext(
        "{count} object is followed by a comma. Lines aren't separated by commas.",
        "{count} objects are followed by commas. Lines aren't separated by commas.",
        count,
    )
    return "file.commas", told.format(count=whole(count))


def _marks(_count: int) -> tuple[str, str]:
    told = _("There is a byte order mark between objects, perhaps from joining files. Remove it.")
    return "file.inner_mark", told


def _joined(_count: int) -> tuple[str, str]:
    told = _("There are several objects on one line. Put each object on its own line.")
    return "file.joined", told


_WORDS: dict[Layout, Callable[[int], tuple[str, str]]] = {
    Layout.LIST: _list,
    Layout.SPREAD: _spread,
    Layout.RETURNS: _returns,
    Layout.COMMAS: _commas,
    Layout.MARKS: _marks,
    Layout.JOINED: _joined,
}
