"""Exchanges with a server as texts: in a list, whole, and as a curl command. No Qt."""

import shlex
from datetime import UTC, datetime
from urllib.parse import urlsplit

from services.api.exchanges import Exchange, Headers
from services.api.redaction import MASK
from services.providers.account import Account
from services.providers.providers import provider_named
from services.system.language import _, ngettext
from services.system.locale_format import clock, decimal, whole
from ui.files.snippets import key_variable

_SET_BY_CURL = frozenset({"accept-encoding", "connection", "content-length", "user-agent"})
"""Headers that curl sends by itself."""
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
    return "" if exchange.ended_after is None else _milliseconds(exchange.ended_after)


def whole_text(exchange: Exchange) -> str:
    """Everything that is known about an exchange."""
    lines = [f"{exchange.method} {exchange.url}", ""]
    lines.append(_("Sent at {time}").format(time=sent_at(exchange)))
    if exchange.attempt > 1:
        lines.append(_("Attempt {number}").format(number=whole(exchange.attempt)))
    if exchange.answered_after is not None:
        answered = _milliseconds(exchange.answered_after)
        lines.append(_("Answered after {time}").format(time=answered))
    if exchange.ended_after is not None:
        lines.append(_("Ended after {time}").format(time=_milliseconds(exchange.ended_after)))
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


def curl_command(exchange: Exchange, account: Account) -> str:
    """A POSIX shell command that sends the same request.

    The key is an environment variable, and so is every other header whose value isn't kept.
    """
    provider = provider_named(account.provider_id)
    # No globbing: brackets in a URL are literal.
    parts = [f"curl --globoff --include --request {shlex.quote(exchange.method)}"]
    for name, value in exchange.request_headers:
        if name.lower() in _SET_BY_CURL or (exchange.form and name.lower() == "content-type"):
            continue
        if name.lower() == provider.key_header.lower():
            scheme = "Bearer " if provider.key_header == "Authorization" else ""
            parts.append(f'--header "{name}: {scheme}${key_variable(account)}"')
        elif value == MASK:
            parts.append(f'--header {shlex.quote(name + ": ")}"${_variable(name)}"')
        else:
            parts.append(f"--header {shlex.quote(f'{name}: {value}')}")
    for name, value in exchange.form:
        is_file = name == "file"
        option = "--form" if is_file else "--form-string"
        # With the folder in front, and quoted for curl, any name is a name.
        quoted = value[1:].replace("\\", "\\\\").replace('"', '\\"')
        text = f'{name}=@"./{quoted}"' if is_file else f"{name}={value}"
        parts.append(f"{option} {shlex.quote(text)}")
    if exchange.json:
        parts.append(f"--data-raw {shlex.quote(exchange.json)}")
    parts.append(shlex.quote(exchange.url))
    return " \\\n  ".join(parts) + "\n"


def count_of_requests(number: int) -> str:
    """How many requests are listed."""
    words = ngettext("{number} request", "{number} requests", number)
    return words.format(number=whole(number))


def _header_lines(headers: Headers) -> list[str]:
    return [f"  {name}: {value}" for name, value in headers]


def _milliseconds(seconds: float) -> str:
    if seconds < 1:
        return _("{number} ms").format(number=whole(round(seconds * 1000)))
    return _("{number} s").format(number=decimal(seconds))


def _variable(header: str) -> str:
    """The environment variable for a header's value: X-Acme-Token becomes X_ACME_TOKEN."""
    name = "".join(one if one.isascii() and one.isalnum() else "_" for one in header.upper())
    return f"_{name}" if name[:1].isdigit() else name
