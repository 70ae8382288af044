"""The mouse and the keyboard of the X display, moved from outside by xdotool."""

import subprocess

Point = tuple[int, int]
_STEP = 24


def move(to: Point) -> None:
    """Go there at once; returns when the pointer is there."""
    _xdotool("mousemove", *_words(to))


def glide(start: Point, end: Point) -> None:
    """Go there in small steps, as a hand does."""
    length = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
    steps = max(1, length // _STEP)
    words: list[str] = []
    for step in range(1, steps + 1):
        x = start[0] + (end[0] - start[0]) * step // steps
        y = start[1] + (end[1] - start[1]) * step // steps
        words += ["mousemove", str(x), str(y)]
    _xdotool(*words)


def press() -> None:
    _xdotool("mousedown", "1")


def release() -> None:
    _xdotool("mouseup", "1")


def click(at: Point) -> None:
    _xdotool("mousemove", *_words(at), "click", "1")


def click_holding(held: str, at: Point) -> None:
    """Click while a key such as `ctrl` is held down."""
    _xdotool("mousemove", *_words(at), "keydown", held, "click", "1", "keyup", held)


def wheel(at: Point, turns: int, *, up: bool) -> None:
    """Turn the wheel by so many notches."""
    button = "4" if up else "5"
    _xdotool("mousemove", *_words(at), "click", "--repeat", str(turns), "--delay", "5", button)


def key(*names: str) -> None:
    """Press keys one after the other, by their X names: `ctrl+s`, `Tab`, `Return`."""
    _xdotool("key", "--clearmodifiers", *names)


def type_text(text: str) -> None:
    _xdotool("type", "--delay", "5", text)


def _words(point: Point) -> tuple[str, str]:
    return str(point[0]), str(point[1])


def _xdotool(*words: str) -> None:
    subprocess.run(["xdotool", *words], check=True, timeout=20)
