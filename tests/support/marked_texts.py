"""A fake translation that puts a mark before every English text."""

from services.system.language import Translations

MARK = "¡"


class MarkedTexts(Translations):
    """Reveals which texts were translated when they were shown."""

    def gettext(self, message: str) -> str:
        return MARK + message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return MARK + (msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return MARK + message
