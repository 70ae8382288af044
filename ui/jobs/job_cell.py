"""What a cell in a list of jobs shows."""

import msgspec

from ui.theme import Role

Words = tuple[str, Role]
"""A text and its color."""


class Cell(msgspec.Struct, frozen=True):
    """One or two lines of text; or one line with a bar below."""

    text: str
    role: Role = Role.TEXT
    icon: str = ""
    """The name of an icon before the text; empty for none."""
    aside: tuple[Words, ...] = ()
    """Texts at the right, one after the other."""
    below: str = ""
    below_role: Role = Role.MUTED
    bar: tuple[tuple[Role, float], ...] | None = None
    """The colored parts of the bar and their shares of its width, from 0 to 1."""
    spoken: str = ""
    """For assistive technology, if that isn't just all the texts."""

    @property
    def in_words(self) -> str:
        """The cell as one text."""
        aside = " ".join(words for words, _role in self.aside)
        return self.spoken or ", ".join(filter(None, (self.text, aside, self.below)))
