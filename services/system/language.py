"""Translates all user-visible text.

`_`, `ngettext` and `pgettext` look a text up in the current translations, so they must be called
when the text is shown, never while a module is imported. A text in a table is marked with `N_`
there, and translated with `_` when it's shown.

Translations are in `resources/locale/LANGUAGE/LC_MESSAGES/filewharf.mo`. Those for the user's
language are used from the start; if there are none, the source's English text is shown.
"""

import gettext
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

Translations = gettext.NullTranslations
"""Maps English texts to translated ones; this base class returns them unchanged."""

LOCALE_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "locale"
"""The folder with the translations."""

_DOMAIN = "filewharf"
_ENGLISH = frozenset({"en", "c", "posix"})
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def _(text: str) -> str:
    """Translate a text into the user's language."""
    # gettext stores the file's metadata under the empty text.
    return _translations.gettext(text) if text else ""


def ngettext(one: str, several: str, count: int) -> str:
    """Translate a text that depends on a count, in the right plural form."""
    return _translations.ngettext(one, several, count)


def pgettext(context: str, text: str) -> str:
    """Translate a text that has several meanings; `context` says which one is meant."""
    return _translations.pgettext(context, text)


def N_(text: str) -> str:  # noqa: N802 -- the usual name with gettext
    """Mark a text for translation and return it unchanged; `_` translates it when it's shown."""
    return text


def find_translations(languages: Sequence[str], folder: Path = LOCALE_FOLDER) -> Translations:
    """The translations for the first of these languages that has any.

    Languages are written like `de`, `de_AT`, `de-AT` or `de_AT.UTF-8`, in order of preference.
    English is the source language, so languages listed after it are ignored.
    """
    wanted = []
    for language in languages:
        name = language.replace("-", "_")
        if name.partition(".")[0].partition("_")[0].lower() in _ENGLISH:
            break
        wanted.append(name)
    return gettext.translation(_DOMAIN, folder, wanted, fallback=True)


def languages_in(environment: Mapping[str, str]) -> list[str]:
    """The languages set in environment variables, in gettext's order of precedence; often none."""
    value = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    return [language for language in value.split(":") if language]


def use_translations(translations: Translations) -> None:
    """Use these translations from now on."""
    global _translations
    _translations = translations


_translations = find_translations(languages_in(os.environ))
