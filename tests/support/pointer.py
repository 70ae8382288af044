"""Moves the pointer and presses keys on the X display, with xdotool."""

import subprocess

Point = tuple[int, int]
_STEP = 24


def move(to: Point) -> None:
    """Move the pointer at once; returns when it is there."""
    _xdotool("mousemove", *_coordinates(to))


def glide(start: Point, end: Point) -> None:
    """Move the pointer in small steps, as a hand does."""
    length = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
    steps = max(1, length // _STEP)
    arguments: list[str] = []
    for step in range(1, steps + 1):
        x = start[0] + (end[0] - start[0]) * step // steps
        y = start[1] + (end[1] - start[1]) * step // steps
        arguments += ["mousemove", str(x), str(y)]
    _xdotool(*arguments)


def press() -> None:
    _xdotool("mousedown", "1")


def release() -> None:
    _xdotool("mouseup", "1")


def click(at: Point) -> None:
    _xdotool("mousemove", *_coordinates(at), "click", "1")


def click_holding(held: str, at: Point) -> None:
    """Click while a key such as `ctrl` is held down."""
    _xdotool("mousemove", *_coordinates(at), "keydown", held, "click", "1", "keyup", held)


def wheel(at: Point, turns: int, *, up: bool) -> None:
    """Turn the wheel by `turns` notches."""
    button = "4" if up else "5"
    _xdotool(
        "mousemove", *_coordinates(at), "click", "--repeat", str(turns), "--delay", "5", button
    )


def key(*names: str) -> None:
    """Press keys one after the other, by their X11 names: `ctrl+s`, `Tab`, `Return`."""
    _xdotool("key", "--clearmodifiers", *names)


def type_text(text: str) -> None:
    _xdotool("type", "--delay", "5", text)


def _coordinates(point: Point) -> tuple[str, str]:
    return str(point[0]), str(point[1])


def _xdotool(*arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], check=True, timeout=20)
