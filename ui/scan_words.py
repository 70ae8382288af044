"""How far a scan for references is, in words."""

from services.references.events import ScanProgress
from services.system.language import ngettext
from services.system.locale_format import whole
from ui.wording import count_in_words


def scan_in_words(progress: ScanProgress) -> str:
    """“Checking: 312 of 1,052 requests”."""
    if progress.wait_seconds is not None and progress.wait_seconds >= 1:
        seconds = round(progress.wait_seconds)
        return ngettext(
            "Waiting {number} s, as the server asks",
            "Waiting {number} s, as the server asks",
            seconds,
        ).format(number=whole(seconds))
    done = count_in_words(progress.done)
    if progress.promised is None:
        words = ngettext("Checking: {done} request", "Checking: {done} requests", progress.done)
        return words.format(done=done)
    words = ngettext(
        "Checking: {done} of {total} request",
        "Checking: {done} of {total} requests",
        progress.promised,
    )
    sentence = words.format(done=done, total=count_in_words(progress.promised))
    if progress.per_page is None:
        return sentence
    more = ngettext(
        "It takes more than expected, as the server lists only {number} at a time.",
        "It takes more than expected, as the server lists only {number} at a time.",
        progress.per_page,
    )
    return f"{sentence}. {more.format(number=whole(progress.per_page))}"
