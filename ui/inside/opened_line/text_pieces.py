"""Where to divide a long text, since laying out all of it at once would stop the window."""

PIECE_CHARACTERS = 3_000
PIECE_LINES = 60


def end_of_piece(
    text: str, start: int, characters: int = PIECE_CHARACTERS, lines: int = PIECE_LINES
) -> int:
    """The end of a piece of a text with at most this many characters and lines.

    It's after a line end or else after a space, if there is one in the second half.
    """
    most = start + characters
    end = start
    for _line in range(lines):
        found = text.find("\n", end, most)
        if found < 0:
            break
        end = found + 1
    else:
        return end
    if most >= len(text):
        return len(text)
    middle = start + characters // 2
    for sign in "\n ":
        found = text.rfind(sign, middle, most)
        if found >= 0:
            return found + 1
    return most
