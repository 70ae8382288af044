"""Times, durations and numbers in words. Pure functions that take the current time as argument."""

from datetime import date, datetime, timedelta
from enum import Enum

from services.system.language import _, ngettext
from services.system.locale_format import clock, day, decimal, month, whole
from services.system.safe_text import one_line as one_line
from services.system.safe_text import shortened as shortened
from services.system.safe_text import tool_tip as tool_tip
from services.system.sizes import format_size
from services.system.speed_words import speed_in_words as speed_in_words
from services.system.speed_words import time_left_in_words as time_left_in_words

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

NOTHING = "—"


def count_in_words(number: int) -> str:
    """A whole number with the locale's grouping: 12,408."""
    return whole(number)


def files_in_words(number: int) -> str:
    """“1 file”, “12,408 files”."""
    return ngettext("{number} file", "{number} files", number).format(number=count_in_words(number))


def created_in_words(created_at: int | None, now: float) -> str:
    """“Today 09:12”, “Yesterday 17:40”, “17 Nov”, “17 Nov 2025”: local time."""
    return _past_in_words(created_at, now, _("Today {time}"), _("Yesterday {time}"))


def day_in_words(created_at: int | None, now: float) -> str:
    """“Today”, “Yesterday”, “17 Nov”, “17 Nov 2025”: where there is no room for the time."""
    return _past_in_words(created_at, now, _("Today"), _("Yesterday"))


def since_in_words(moment: float, now: float) -> str:
    """“09:12” today, “yesterday”, “17 Nov”, “17 Nov 2025”: what comes after “since”."""
    # Translators: as in “2 batches ended since yesterday”.
    return _past_in_words(int(moment), now, "{time}", _("yesterday"))


def _past_in_words(moment: int | None, now: float, on_this_day: str, on_the_day_before: str) -> str:
    local = None if moment is None else _local(moment)
    if local is None:
        return NOTHING
    today = datetime.fromtimestamp(now).astimezone().date()
    if local.date() == today:
        return on_this_day.format(time=clock(local.time()))
    if local.date() == today - timedelta(days=1):
        return on_the_day_before.format(time=clock(local.time()))
    return day(local.date(), with_year=local.year != today.year)


def expires_in_words(expires_at: int | None, now: float) -> str:
    """“in 29 days”, “in 3 hours”, “expired”; a dash for a file that doesn't expire."""
    if expires_at is None:
        return NOTHING
    left = expires_at - now
    if left <= 0:
        return _("expired")
    if left >= 2 * DAY:
        days = int(left // DAY)
        return ngettext("in {number} day", "in {number} days", days).format(number=whole(days))
    if left >= HOUR:
        hours = int(left // HOUR)
        return ngettext("in {number} hour", "in {number} hours", hours).format(number=whole(hours))
    minutes = max(1, int(left // MINUTE))
    return ngettext("in {number} minute", "in {number} minutes", minutes).format(
        number=whole(minutes)
    )


class Urgency(Enum):
    """How soon a file expires."""

    NONE = "none"
    SOON = "soon"
    """Within seven days."""
    LAST_DAY = "last day"
    PAST = "past"


def urgency_of(expires_at: int | None, now: float) -> Urgency:
    """How soon a file expires; both times are in seconds since 1970."""
    if expires_at is None or expires_at - now >= 7 * DAY:
        return Urgency.NONE
    left = expires_at - now
    if left <= 0:
        return Urgency.PAST
    return Urgency.LAST_DAY if left < DAY else Urgency.SOON


def exact_moment(moment: int | None) -> str:
    """“20 Nov 2026 09:58:21”, local time."""
    local = _local(moment) if moment is not None else None
    if local is None:
        return NOTHING
    return f"{day(local.date(), with_year=True)} {clock(local.time(), seconds=True)}"


def days_in_words(first: date, last: date) -> str:
    """“12 Mar 2026”, “12 Mar – 3 Nov 2026”, “30 Dec 2025 – 2 Jan 2026”."""
    if first == last:
        return day(first, with_year=True)
    return _from_to(day(first, with_year=first.year != last.year), day(last, with_year=True))


def period_in_words(first: date, last: date) -> str:
    """As `days_in_words`, but whole months or years without days: “Oct 2026”, “2020 – 2024”."""
    if first.day != 1 or (last != date.max and (last + timedelta(days=1)).day != 1):
        return days_in_words(first, last)
    if (first.month, last.month) == (1, 12):
        return str(last.year) if first.year == last.year else _from_to(first.year, last.year)
    if (first.year, first.month) == (last.year, last.month):
        return month(last, with_year=True)
    return _from_to(month(first, with_year=first.year != last.year), month(last, with_year=True))


def sizes_in_words(total: int, unknown: int) -> str:
    """“3.0 MB”, “3.0 MB · 1 of unknown size”."""
    words = format_size(total)
    return f"{words} · {unknown_in_words(unknown)}" if unknown else words


def unknown_in_words(number: int) -> str:
    """“1 of unknown size”."""
    words = ngettext("{number} of unknown size", "{number} of unknown size", number)
    return words.format(number=whole(number))


def _from_to(first: object, last: object) -> str:
    # Translators: the first and last day, month or year of a period.
    return _("{first} – {last}").format(first=first, last=last)


def milliseconds_in_words(seconds: float) -> str:
    """How long something short took: “96 ms”, “1.4 s”."""
    if seconds < 1:
        return _("{number} ms").format(number=whole(round(seconds * 1000)))
    return _("{number} s").format(number=decimal(seconds))


def span_in_words(seconds: float) -> str:
    """“90 minutes”, “1 hour”, “36 hours”, “1 day”, “7 days”; rounded if necessary."""
    if seconds >= 2 * DAY or seconds == DAY:
        days = round(seconds / DAY)
        return ngettext("{number} day", "{number} days", days).format(number=whole(days))
    if seconds >= 2 * HOUR or seconds == HOUR:
        hours = round(seconds / HOUR)
        return ngettext("{number} hour", "{number} hours", hours).format(number=whole(hours))
    minutes = max(1, round(seconds / MINUTE))
    return ngettext("{number} minute", "{number} minutes", minutes).format(number=whole(minutes))


def ago_in_words(seconds: float) -> str:
    """“just now”, “12 s ago”, “4 min ago”, “2 h ago”, “3 days ago”."""
    if seconds < 5:
        return _("just now")
    if seconds < MINUTE:
        return _("{number} s ago").format(number=whole(int(seconds)))
    if seconds < HOUR:
        return _("{number} min ago").format(number=whole(int(seconds // MINUTE)))
    if seconds < DAY:
        return _("{number} h ago").format(number=whole(int(seconds // HOUR)))
    days = int(seconds // DAY)
    return ngettext("{number} day ago", "{number} days ago", days).format(number=whole(days))


def _local(moment: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(moment).astimezone()
    except (OverflowError, ValueError, OSError):
        return None
