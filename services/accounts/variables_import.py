"""Reads an account's fields from a `.env` file or from environment variables, once, when asked to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.accounts.environment import KEY_VARIABLE
from services.accounts.pasted_key import clean_key
from services.providers.base_url import check_base_url
from services.providers.providers import PROVIDERS, provider_for, provider_with_key_in
from services.system.language import _

LARGEST = 1024 * 1024
"""Bytes of a file that is read; a larger one isn't a `.env` file."""
_LINE = re.compile(r"\s*(?:export\s+|set\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)")
_QUOTED = re.compile(r"""\s*(["'])(.*?)\1""")


@dataclass(frozen=True, slots=True, repr=False)
class ImportedFields:
    """What was found. Has no `repr`, so that the key is never logged."""

    key: str = ""
    provider_id: str = ""
    base_url: str = ""
    organization: str = ""
    project: str = ""
    names: tuple[str, ...] = ()
    """The variables that were used; none if nothing was found."""


def fields_from(variables: Mapping[str, str]) -> ImportedFields:
    """The fields of an account; the official variables come first, then those of other services."""
    names = []

    def value(*wanted: str) -> str:
        for name in wanted:
            if text := variables.get(name, "").strip():
                names.append(name)
                return text
        return ""

    others = [one for one in PROVIDERS if one.key_variable != KEY_VARIABLE]
    key = clean_key(value(KEY_VARIABLE, *(one.key_variable for one in others))).key
    other = next((one for one in others if names[:1] == [one.key_variable]), None)
    if other is not None:  # the rest is about another service, which must not get this key
        return ImportedFields(key, other.id, other.base_url, names=tuple(names))
    typed = value("OPENAI_BASE_URL", "OPENAI_API_BASE")
    provider = provider_with_key_in(KEY_VARIABLE)
    base_url = provider.base_url if key else ""
    if typed:
        base_url = check_base_url(typed).url or typed
        provider = provider_for(base_url)
    return ImportedFields(
        key,
        provider.id,
        base_url,
        value("OPENAI_ORG_ID", "OPENAI_ORGANIZATION"),
        value("OPENAI_PROJECT_ID", "OPENAI_PROJECT"),
        tuple(names),
    )


def variables_in(text: str) -> dict[str, str]:
    """The variables of a `.env` file; lines that set none are skipped."""
    found = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match is not None:
            name, value = match.groups()
            quoted = _QUOTED.match(value)
            found[name] = quoted[2] if quoted else re.sub(r"(^|\s)#.*", "", value).strip()
    return found


def read_variables(path: Path) -> dict[str, str]:
    """The variables of a file. Raises OSError, and ValueError for a file that can't be one."""
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST or b"\0" in content:
        raise ValueError(_("It isn't a .env file."))
    return variables_in(content.decode("utf-8-sig", "replace"))


def sentence_about(fields: ImportedFields, source: str) -> str:
    """What was taken from a file or the environment, for the user."""
    if not fields.names:
        return _("No key or base URL was found in {source}.").format(source=source)
    return _("Filled in from {source}: {names}. It won't be read again.").format(
        source=source, names=", ".join(fields.names)
    )
