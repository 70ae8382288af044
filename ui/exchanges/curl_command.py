"""An exchange as a curl command. No Qt."""

import shlex

from services.api.exchanges import Exchange
from services.api.redaction import MASK
from services.providers.account import Account
from services.providers.providers import provider_named
from ui.files.snippets import key_variable

_SET_BY_CURL = frozenset({"accept-encoding", "connection", "content-length", "user-agent"})
"""Headers that curl sends by itself."""


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


def _variable(header: str) -> str:
    """The environment variable for a header's value: X-Acme-Token becomes X_ACME_TOKEN."""
    name = "".join(one if one.isascii() and one.isalnum() else "_" for one in header.upper())
    return f"_{name}" if name[:1].isdigit() else name
