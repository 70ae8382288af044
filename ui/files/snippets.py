"""Code snippets that download files: in Python, and as a curl command. No Qt.

The key appears only as the name of an environment variable. IDs and names come from a server, so
they are quoted for the language, and local file names are safe and distinct.
"""

import shlex
from collections.abc import Iterable, Iterator
from urllib.parse import quote, urlencode

from services.accounts.environment import KEY_VARIABLE
from services.api.remote_file import RemoteFile
from services.disk.local_names import distinct_names
from services.providers.account import Account, AccountKind
from services.providers.providers import provider_named

MAX_FILES = 1000
"""Longer snippets would be useless; a list of IDs isn't."""


def python_snippet(account: Account, files: Iterable[RemoteFile]) -> str:
    """A script for the official client that saves each file to the current folder."""
    variable = key_variable(account)
    provider = provider_named(account.provider_id)
    header = provider.key_header
    lines = [
        "import os",
        "",
        "from openai import OpenAI",
        "",
        "client = OpenAI(",
        f"    base_url={account.base_url!r},",
        f"    api_key=os.environ[{variable!r}],",
    ]
    if account.organization:
        lines.append(f"    organization={account.organization!r},")
    if account.project:
        lines.append(f"    project={account.project!r},")
    if header != "Authorization":
        lines.append(f"    default_headers={{{header!r}: os.environ[{variable!r}]}},")
    if provider.query:
        lines.append(f"    default_query={dict(provider.query)!r},")
    lines += [")", "", "files = {"]
    lines += [f"    {file.id!a}: {name!r}," for file, name in _with_names(files)]
    lines += [
        "}",
        "",
        "for file_id, name in files.items():",
        "    with client.files.with_streaming_response.content(file_id) as response:",
        "        response.stream_to_file(name)",
    ]
    return "\n".join(lines) + "\n"


def curl_snippet(account: Account, files: Iterable[RemoteFile]) -> str:
    """A POSIX shell command that saves each file to the current folder."""
    provider = provider_named(account.provider_id)
    header = provider.key_header
    scheme = "Bearer " if header == "Authorization" else ""
    # No globbing: brackets in a URL are literal.
    parts = [f'curl --fail --globoff --header "{header}: {scheme}${key_variable(account)}"']
    for name, value in (
        ("OpenAI-Organization", account.organization),
        ("OpenAI-Project", account.project),
    ):
        if value:
            parts.append(f"--header {shlex.quote(f'{name}: {value}')}")
    for file, name in _with_names(files):
        url = f"{account.base_url}{provider.files_path}/{quote(file.id, safe='')}/content"
        if provider.query:
            url += f"?{urlencode(provider.query)}"
        # With the folder in front, a name that starts with a dash isn't taken for an option.
        parts.append(f"--output {shlex.quote(f'./{name}')} {shlex.quote(url)}")
    return " \\\n  ".join(parts) + "\n"


def key_variable(account: Account) -> str:
    """The environment variable that scripts read the account's key from."""
    if account.kind is AccountKind.ENVIRONMENT:
        return KEY_VARIABLE
    return provider_named(account.provider_id).key_variable


def _with_names(files: Iterable[RemoteFile]) -> Iterator[tuple[RemoteFile, str]]:
    listed = list(files)
    return zip(listed, distinct_names(file.name for file in listed), strict=True)
