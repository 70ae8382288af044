"""The one door for every text a person reads.

`_` and `ngettext` look a text up in the catalogue of the person's language. Catalogues are
looked for under `resources/locale/LANGUAGE/LC_MESSAGES/filewharf.mo`; where there is none, the
English text of the source is shown.
"""

import gettext
from pathlib import Path

_LOCALE_FOLDER = Path(__file__).resolve().parent.parent / "resources" / "locale"

_translation = gettext.translation("filewharf", localedir=_LOCALE_FOLDER, fallback=True)

_ = _translation.gettext
ngettext = _translation.ngettext

__all__ = ["_", "ngettext"]
