"""Exchanges with a server as texts: in a list, and whole. No Qt."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from services.api.exchanges import Exchange, Headers
from services.system.language import _, ngettext
from services.system.locale_format import clock, whole
from ui.wording import milliseconds_in_words

_LONGEST_PATH = 200


def sent_at(exchange: Exchange) -> str:
    """When it was sent, in the time of this computer."""
    return clock(datetime.fromtimestamp(exchange.began, UTC).astimezone().time(), seconds=True)


def request_in_words(exchange: Exchange) -> str:
    """Method and path, and which attempt it was."""
    parts = urlsplit(exchange.url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    text = f"{exchange.method} {path[:_LONGEST_PATH]}"
    if exchange.attempt == 1:
        return text
    return _("{request} (attempt {number})").format(request=text, number=whole(exchange.attempt))


def outcome_in_words(exchange: Exchange) -> str:
    """The status, or what is known instead."""
    if exchange.status is not None:
        return f"{exchange.status} {exchange.reason}".strip()
    return exchange.problem or _("Waiting…")


def duration_in_words(exchange: Exchange) -> str:
    """How long it took; empty as long as it is under way."""
    return "" if exchange.ended_after is None else milliseconds_in_words(exchange.ended_after)


def whole_text(exchange: Exchange) -> str:
    """Everything that is known about an exchange."""
    lines = [f"{exchange.method} {exchange.url}", ""]
    lines.append(_("Sent at {time}").format(time=sent_at(exchange)))
    if exchange.attempt > 1:
        lines.append(_("Attempt {number}").format(number=whole(exchange.attempt)))
    if exchange.answered_after is not None:
        answered = milliseconds_in_words(exchange.answered_after)
        lines.append(_("Answered after {time}").format(time=answered))
    if exchange.ended_after is not None:
        lines.append(
            _("Ended after {time}").format(time=milliseconds_in_words(exchange.ended_after))
        )
    if exchange.problem:
        lines.append(_("Problem: {problem}").format(problem=exchange.problem))
    if exchange.request_id:
        lines.append(_("Request ID: {id}").format(id=exchange.request_id))
    lines += ["", _("Request"), *_header_lines(exchange.request_headers)]
    if exchange.form:
        lines += ["", _("Form"), *_header_lines(exchange.form)]
    if exchange.json:
        lines += ["", _("Body"), f"  {exchange.json}"]
    if exchange.status is not None:
        heading = _("Response: {status}").format(status=outcome_in_words(exchange))
        lines += ["", heading, *_header_lines(exchange.response_headers)]
    return "\n".join(lines) + "\n"


def count_of_requests(number: int) -> str:
    """How many requests are listed."""
    words = ngettext("{number} request", "{number} requests", number)
    return words.format(number=whole(number))


def _header_lines(headers: Headers) -> list[str]:
    return [f"  {name}: {value}" for name, value in headers]
