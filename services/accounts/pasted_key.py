"""Cleans up a key as it's pasted: from a script, a settings file or a header. Pure functions."""

import re
from dataclasses import dataclass

from services.system.language import _

AROUND = " \t\r\n\v\f\u00a0\u2028\u2029\u200b\u200c\u200d\u2060\ufeff\"'`“”‘’«»"
"""Characters that get copied along: spaces, quotes, and invisible ones from web pages."""
_SPACES = AROUND.translate(dict.fromkeys(map(ord, "\"'`“”‘’«»")))
_BEARER = re.compile(r"(authorization\s*:\s*)?bearer(\s+|$)", re.IGNORECASE)
_VARIABLE = re.compile(
    r"""[{\s]*(?:(?:export|set|setx|env|let|const|var)\s+|\$env:|-H\s+)?
    ["']?(?P<name>(?=[\w.-]*(?:key|token|secret|auth))[A-Za-z][A-Za-z0-9_.-]*)["']?\s*(?::=|[=:])\s*(?P<value>.+)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_QUOTED = re.compile(r"""(["'`])(?P<value>[^"'`\r\n]+)\1""")
_ENDINGS = ",;}"
_MASKED = "••••"
_SHORTEST = 16
"""Characters that a key must have for its beginning and end to be shown."""


@dataclass(frozen=True, slots=True, repr=False)
class CleanedKey:
    """A key without what was around it. Has no `repr`, so that it is never logged."""

    key: str
    note: str
    """What was removed, as a sentence; empty if that was nothing but spaces."""


def clean_key(text: str) -> CleanedKey:
    """The key in a pasted text, such as `export OPENAI_API_KEY="…"`, JSON or `Bearer …`."""
    key = text.strip(_SPACES)
    removed = []
    found = _VARIABLE.fullmatch(key)
    if found is not None:
        key = _value(found["value"])
        removed.append(f"“{found['name']}”")
    without_quotes = key.strip(AROUND)
    if without_quotes != key.strip(_SPACES):
        removed.append(_("quotes"))
    key = without_quotes
    while before := _BEARER.match(key):
        key = key[before.end() :].strip(AROUND)
        if "“Bearer”" not in removed:
            removed.append("“Bearer”")
    note = _("Removed around the key: {parts}.").format(parts=", ".join(removed))
    return CleanedKey(key, note if removed and key else "")


def masked(key: str) -> str:
    """A key to recognize by its beginning and its last four characters: `sk-proj-••••3fQ9`."""
    if len(key) < _SHORTEST:
        return _MASKED
    beginning = re.match(r"[A-Za-z]{2,4}[-_](?:[a-z]{3,8}[-_])?", key)
    return f"{beginning[0] if beginning else ''}{_MASKED}{key[-4:]}"


def _value(text: str) -> str:
    """The value of a variable, without what follows it on its line."""
    quoted = _QUOTED.match(text.strip())
    if quoted is not None:
        return quoted["value"]
    return re.sub(r"\s+#.*", "", text.strip()).rstrip(_ENDINGS + _SPACES)
