"""The texts shown when there are files, but none match the filter and search. No Qt."""

from collections.abc import Collection
from dataclasses import dataclass

from services.browse.file_filter import FileFilter
from services.browse.file_views import View
from services.system.language import N_, _, ngettext
from services.system.locale_format import whole
from services.system.safe_text import breakable, one_line, shortened


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Three texts; `advice` and `left_out` may be empty."""

    title: str
    """What is searched for."""
    advice: str
    """Which files were searched, and what to try next."""
    left_out: str
    """The filters that are ignored, and why."""


def no_match_in_words(shown: FileFilter) -> NoMatch:
    """Why nothing is shown, and what to do."""
    text = breakable(shortened(one_line(shown.text.strip()), _MAX_TEXT), _MAX_WORD)
    title = _("No file matches “{text}”").format(text=text) if text else _("No files here")
    among = _among(shown)
    if text and among:
        advice = _("Only {among} were searched. Try fewer words, or search all files.")
    elif text:
        advice = _("Try fewer words or filters.")
    else:
        advice = _("There are no {among}.") if among else ""
    return NoMatch(title, advice.format(among=among), _left_out(shown.text))


def _left_out(text: str) -> str:
    from services.browse.query import parse

    return " ".join(part.reason for part in parse(text).ignored)


def _among(shown: FileFilter) -> str:
    if shown.view is not None:
        return _(_VIEWS[shown.view])
    if not shown.purposes:
        return ""
    return ngettext(
        "files with the purpose {purposes}",
        "files with the purposes {purposes}",
        len(shown.purposes),
    ).format(purposes=_listed(shown.purposes))


def _listed(purposes: Collection[str]) -> str:
    names = [
        shortened(one_line(purpose), _MAX_NAME) if purpose else _("none")
        for purpose in sorted(purposes)
    ]
    if len(names) <= _MAX_NAMES:
        return ", ".join(names)
    more = len(names) - _MAX_NAMES
    return ngettext("{names} and {number} more", "{names} and {number} more", more).format(
        names=", ".join(names[:_MAX_NAMES]), number=whole(more)
    )


_VIEWS = {
    View.EXPIRING: N_("files that expire within 7 days"),
    View.LARGEST: "",
    View.NEW_OUTPUTS: N_("new outputs"),
}
_MAX_TEXT = 80
_MAX_WORD = 30
_MAX_NAME = 40
_MAX_NAMES = 6
