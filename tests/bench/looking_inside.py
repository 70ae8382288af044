"""How late the window's event loop is while someone looks into files.

    python -m tests.bench.looking_inside serve FOLDER
    python -m tests.bench.looking_inside ADDRESS FOLDER FILES

In a fresh process with the real window: arrow keys through 200 files of all kinds in the list, then
inside the files, and then a large batch output that is read, added up, searched, filtered and
scrolled through. The files are served by another process.
"""

import json
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.content_server import result
from tests.bench.fast_server import MB
from tests.bench.report import Line, Options
from tests.bench.server_process import JsonHandler, described, serve, server_process
from tests.bench.window_stalls import idle_process, in_fresh_process
from tests.support.small_pdf import small_pdf

_LARGE = "large.jsonl"
_KEY_MS = 40
"""Between two presses of an arrow key."""
_REST_MS = 500
"""After every tenth press, so that a preview is read and painted."""


def measure(options: Options, _address: str, folder: Path) -> list[Line]:
    """Measure the longest stall while looking into files."""
    content = folder / "content"
    content.mkdir()
    _make_files(content, options.mixed, options.looked_into * MB)
    runs = []
    with server_process("looking_inside", "serve", str(content)) as address:
        for run in range(options.runs):
            place = folder / str(run)
            place.mkdir()
            runs.append(in_fresh_process("looking_inside", address, place, options.mixed + 1))
    worst = [max(*run["list"], *run["inside"], *run["large"]) for run in runs]
    idle = max(max(run["idle"]) for run in runs)
    names = {
        "list": "arrow keys through the list",
        "inside": "from file to file inside",
        "large": "a large file",
    }
    return [
        Line(
            "longest stall while looking into files",
            max(worst),
            "ms",
            "ui_stall_preview_ms_max",
            at_most=50,
            ours=f"med. {statistics.median(worst):.1f} ms",
            reference=f"idle {idle:.1f} ms",
        ),
        *(
            Line(f"of these, {words}", statistics.median(max(run[key]) for run in runs), "ms")
            for key, words in names.items()
        ),
    ]


def _make_files(folder: Path, count: int, large: int) -> None:
    kinds = list(_contents())
    for number in range(count):
        name, content = kinds[number % len(kinds)]
        (folder / f"{number:03} {name}").write_bytes(content)
    block = b"".join(map(result, range(2_000)))
    with (folder / _LARGE).open("wb") as file:
        for _block in range(large // len(block) + 1):
            file.write(block)


def _contents() -> Iterator[tuple[str, bytes]]:
    yield "output.jsonl", b"".join(map(result, range(500)))
    example = {"messages": [{"role": "user", "content": "Why? " * 200}] * 4}
    yield "train.jsonl", b"".join(json.dumps(example).encode() + b"\n" for _line in range(300))
    yield "table.csv", b"id,name,text\n" + b"".join(b'%d,"n",some text\n' % n for n in range(9_999))
    yield "broken.jsonl", b'{"messages": [' + b'{"role": "user"' * 9_999 + b"\n" + b"\x00" * 99_999
    yield "endless.json", b'{"a": [' + b"[[[[{}]]]]," * 90_000 + b"0]}"
    yield "value.json", json.dumps({"list": list(range(9_999))}, indent=1).encode()
    yield "notes.txt", b"A line of text with some words in it.\n" * 20_000
    yield "page.pdf", small_pdf((600, 800), (600, 800))
    yield "data.bin", bytes(range(256)) * 4_000
    yield (
        "metrics.csv",
        b"step,train_loss,valid_loss\n"
        + b"".join(b"%d,%f,\n" % (step, 1 / step) for step in range(1, 5_000)),
    )
    yield "image.png", _image()


def _image() -> bytes:
    from PySide6.QtCore import QBuffer
    from PySide6.QtGui import QImage

    image = QImage(3_000, 2_000, QImage.Format.Format_RGB32)
    image.fill(0xFF336699)
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs want bytes here
    return bytes(buffer.data().data())


class _Handler(JsonHandler):
    folder = Path()

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.endswith("/content"):
            number = int(path.split("/")[-2].rpartition("-")[2])
            self.answer(sorted(self.folder.iterdir())[number].read_bytes())
            return
        paths = enumerate(sorted(self.folder.iterdir()))
        self.answer_list(
            [described(number, one.name, one.stat().st_size, "user_data") for number, one in paths]
        )


def _serve(folder: Path) -> None:
    _Handler.folder = folder
    serve(_Handler)


def _inside(address: str, folder: Path, files: int) -> None:
    from PySide6.QtCore import QObject, Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QLineEdit

    from services.previews.events import LinesFound, ResultsAdded
    from services.providers.account import Account
    from tests.bench.open_window import Watch, open_window, rest, wait_for
    from tests.support.narrowing import instance_of, not_none
    from ui.inside.inside_page import InsidePage

    account = Account("bench", "Bench", "other", f"{address}/v1")
    with open_window(folder / "program", [account]) as window, idle_process() as idle:
        table = window.workspace.area.table
        wait_for(lambda: len(window.workspace.area.shown) == files)
        rest(2_000)
        watch = Watch()
        found: dict[str, list[float]] = {}

        def press(target: QObject, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
            for number in range(files):
                QTest.keyClick(target, key, modifiers)  # type: ignore[call-overload]
                rest(_REST_MS if number % 10 == 9 else _KEY_MS)

        row = next(row for row, one in enumerate(window.workspace.area.shown) if one.name == _LARGE)
        table.select_ranges([(0, 0)])
        table.setFocus()
        watch.start()
        press(table, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier)
        watch.stop()
        found["list"] = watch.lateness
        table.select_ranges([(0, 0)])
        QTest.keyClick(table, Qt.Key.Key_Space)
        page = not_none(window.findChild(InsidePage))
        rest(1_000)
        watch.start()
        press(page, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
        watch.stop()
        found["inside"] = watch.lateness
        added: list[ResultsAdded] = []
        searched: list[LinesFound] = []
        window.backend.events.on(ResultsAdded, added.append)
        window.backend.events.on(LinesFound, searched.append)

        def has_ended(count: int) -> bool:
            return sum(event.is_complete for event in searched) == count

        QTest.keyClick(page, Qt.Key.Key_Escape)
        table.select_ranges([(row, row)])
        watch.start()
        QTest.keyClick(table, Qt.Key.Key_Space)
        rest(300)
        window.backend.session.contents.read_all()
        wait_for(lambda: any(event.progress.is_complete for event in added))
        lines = page.lines
        for number, text in enumerate(("request-77777777", "request-1234"), 1):
            page.focus_search()
            field = instance_of(QLineEdit, window.focusWidget())
            field.clear()
            QTest.keyClicks(field, text)
            QTest.keyClick(field, Qt.Key.Key_Return)
            wait_for(lambda: has_ended(number))  # noqa: B023
        lines.clear_search()
        QTest.keyClick(lines.table, Qt.Key.Key_F8)
        wait_for(lambda: has_ended(3))
        for _page in range(60):
            QTest.keyClick(lines.table, Qt.Key.Key_PageDown)
            rest(16)
        QTest.keyClick(lines.table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
        rest(300)
        watch.stop()
        found["large"] = watch.lateness
    found["idle"] = idle
    print(json.dumps(found))


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        _serve(Path(sys.argv[2]))
    else:
        _inside(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
