"""The one door for every text a person reads.

`_`, `ngettext` and `pgettext` look a text up in the catalogue that is in use at that moment, so they
are called when a text is shown and never while a module is loaded. A text that stands in a table is
marked with `N_` there and looked up by whoever shows it.

Catalogues are `resources/locale/LANGUAGE/LC_MESSAGES/filewharf.mo`. The one of the person's language
is in use from the start; where there is none, people read the English of the source.
"""

import gettext
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

Catalogue = gettext.NullTranslations
"""Texts by the English of the source; this one gives them back as they are."""

LOCALE_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "locale"
"""Where the catalogues are."""

_DOMAIN = "filewharf"
_ENGLISH = frozenset({"en", "c", "posix"})
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def _(text: str) -> str:
    """A text in the person's language."""
    # Catalogues keep their own description under the empty text.
    return _catalogue.gettext(text) if text else ""


def ngettext(one: str, several: str, count: int) -> str:
    """A text with a count, in the form that the person's language has for it."""
    return _catalogue.ngettext(one, several, count)


def pgettext(context: str, text: str) -> str:
    """A text that is translated in more than one way; `context` says which is meant."""
    return _catalogue.pgettext(context, text)


def N_(text: str) -> str:  # noqa: N802 -- as it is called wherever gettext is used
    """Mark a text for the catalogue and return it as it is; `_` looks it up when it is shown."""
    return text


def catalogue_for(languages: Sequence[str], folder: Path = LOCALE_FOLDER) -> Catalogue:
    """The catalogue of the first of these languages that there is one for.

    Languages are named as in `de`, `de_AT`, `de-AT` or `de_AT.UTF-8`, the preferred one first.
    English is the language of the source, so those that come after it are not wanted.
    """
    wanted = []
    for language in languages:
        name = language.replace("-", "_")
        if name.partition(".")[0].partition("_")[0].lower() in _ENGLISH:
            break
        wanted.append(name)
    return gettext.translation(_DOMAIN, folder, wanted, fallback=True)


def languages_in(environment: Mapping[str, str]) -> list[str]:
    """The languages that environment variables ask for, in the order of gettext; often none."""
    asked = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    return [language for language in asked.split(":") if language]


def use_catalogue(catalogue: Catalogue) -> None:
    """From now on, take all texts from this catalogue."""
    global _catalogue
    _catalogue = catalogue


_catalogue = catalogue_for(languages_in(os.environ))
