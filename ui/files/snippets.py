"""Text to paste elsewhere that downloads files: as Python, and as a curl command. No Qt.

The key is only named, as an environment variable. Ids and names are from a server, so each is
written as a literal of its language, and a local name is one that is safe and not taken twice.
"""

import shlex
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from services.api.remote_file import RemoteFile
from services.disk.local_names import distinct_names
from services.providers.account import Account, AccountKind
from services.providers.providers import OPENAI, provider_named

MOST_FILES = 1000
"""A longer snippet is no use to anybody; a list of ids is."""


def python_snippet(account: Account, files: Iterable[RemoteFile]) -> str:
    """A script for the official client that saves the content of each file beside it."""
    variable = _key_variable(account)
    header = provider_named(account.provider_id).key_header
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
    lines += [")", "", "files = {"]
    lines += [f"    {file.id!a}: {name!r}," for file, name in _named(files)]
    lines += [
        "}",
        "",
        "for file_id, name in files.items():",
        "    with client.files.with_streaming_response.content(file_id) as answer:",
        "        answer.stream_to_file(name)",
    ]
    return "\n".join(lines) + "\n"


def curl_snippet(account: Account, files: Iterable[RemoteFile]) -> str:
    """A command for a POSIX shell that saves the content of each file in the current folder."""
    header = provider_named(account.provider_id).key_header
    scheme = "Bearer " if header == "Authorization" else ""
    # Not globbed: brackets in an address mean themselves.
    parts = [f'curl --fail --globoff --header "{header}: {scheme}${_key_variable(account)}"']
    for name, value in (
        ("OpenAI-Organization", account.organization),
        ("OpenAI-Project", account.project),
    ):
        if value:
            parts.append(f"--header {shlex.quote(f'{name}: {value}')}")
    for file, name in _named(files):
        address = f"{account.base_url}/files/{quote(file.id, safe='')}/content"
        # Led by the folder: a name that begins with a dash is no option.
        parts.append(f"--output {shlex.quote(f'./{name}')} {shlex.quote(address)}")
    return " \\\n  ".join(parts) + "\n"


def _key_variable(account: Account) -> str:
    if account.kind is AccountKind.ENVIRONMENT:
        return OPENAI.key_variable
    return provider_named(account.provider_id).key_variable


def _named(files: Iterable[RemoteFile]) -> Iterator[tuple[RemoteFile, str]]:
    given = list(files)
    return zip(given, distinct_names(file.name for file in given), strict=True)
