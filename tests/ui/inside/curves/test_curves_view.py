"""The curves of fine-tuning results: drawn, pointed at, compared and saved."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from services.previews.documents.step_metrics import StepMetrics, numbers_of, step_metrics
from tests.support.narrowing import not_none
from tests.support.sent_moves import send_move
from tests.support.shown_widget import shown_widget
from ui.inside.curves.curve_file import CurveFile, epoch_starts
from ui.inside.curves.curves_view import MAX_FILES, CurvesView
from ui.theme import Role, color, curve_color


def metrics(steps: int = 100, every: int = 10, *, accuracy: bool = True) -> StepMetrics:
    """Values at each step, and those of a validation at some."""
    lines = ["step,train_loss,valid_loss" + (",train_accuracy,valid_accuracy" * accuracy)]
    for step in range(1, steps + 1):
        loss = 1 + 1 / step
        valid = f"{loss + 0.5:.3f}" if step % every == 0 else ""
        shares = f",0.5,{'0.25' if valid else ''}" if accuracy else ""
        lines.append(f"{step},{loss:.3f},{valid}{shares}")
    return not_none(step_metrics("\n".join(lines).encode(), is_whole=True))


TRAINING_ONLY = not_none(step_metrics(b"step,train_loss\n1,3\n2,2\n3,1\n", is_whole=True))


@pytest.fixture
def view(qtbot: QtBot) -> CurvesView:
    return shown_widget(qtbot, CurvesView(), 900, 500)


def said(view: CurvesView) -> list[str]:
    return [one.text() for one in view.findChildren(QLabel) if one.isVisible()]


def numbers(view: CurvesView) -> list[list[str]]:
    """The texts of the grid of numbers, row by row, without its head."""
    grids = view.findChildren(QGridLayout)
    (grid,) = [one for one in grids if not_none(one.parentWidget()).isVisible()]
    rows = []
    for row in range(1, grid.rowCount()):
        cells = [grid.itemAtPosition(row, column) for column in range(grid.columnCount())]
        texts = [one.widget() for one in cells if one is not None]
        rows.append([one.text() for one in texts if isinstance(one, QLabel)])
    return rows


def button(view: CurvesView, text: str) -> QPushButton:
    (found,) = [one for one in view.findChildren(QPushButton) if one.text() == text]
    return found


def check_box(view: CurvesView, text: str) -> QCheckBox:
    (found,) = [one for one in view.findChildren(QCheckBox) if one.text() == text]
    return found


def ink(number: int) -> QColor:
    return curve_color(number, QApplication.palette())


def amount(view: CurvesView, wanted: QColor) -> int:
    """How many pixels of the charts have exactly this color."""
    image = view.canvas.grab().toImage()
    return sum(
        image.pixel(x, y) == wanted.rgb()
        for x in range(image.width())
        for y in range(image.height())
    )


def press(qtbot: QtBot, view: CurvesView, *keys: Qt.Key, shift: bool = False) -> None:
    held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    for key in keys:
        qtbot.keyClick(view.canvas, key, held)


def test_a_file_is_summed_up_beside_its_curves(view: CurvesView) -> None:
    view.add_file("a", "step_metrics.csv", "of job 7", metrics())
    assert numbers(view) == [
        ["Lowest valid loss", "1.510"],
        ["at step", "100"],
        ["Last valid loss", "1.510"],
        ["Best valid accuracy", "25.0%"],
        ["Last train loss", "1.010"],
        ["Steps", "100"],
    ]
    assert "step_metrics.csv" in said(view)
    assert "of job 7" in said(view)
    assert "COMPARED" not in said(view)
    assert amount(view, ink(0)) > 100


def epochs(*files: tuple[StepMetrics, int | None]) -> tuple[tuple[int, float], ...]:
    shown = [
        CurveFile(str(place), "", "", one, numbers_of(one), place, count)
        for place, (one, count) in enumerate(files)
    ]
    return epoch_starts(shown)


def test_epochs_share_the_steps() -> None:
    assert epochs((metrics(90), 3)) == ((2, 30), (3, 60))
    assert epochs((metrics(90), 1)) == epochs((metrics(90), None)) == ()
    assert epochs((metrics(90), 1000)) == ()


def test_epochs_are_shown_only_where_all_files_have_the_same() -> None:
    assert epochs((metrics(90), 3), (metrics(90, 5), 3)) == ((2, 30), (3, 60))
    assert epochs((metrics(90), 3), (metrics(60), 3)) == ()
    assert epochs((metrics(90), 3), (metrics(90), None)) == ()


def test_a_dashed_line_starts_each_epoch(view: CurvesView) -> None:
    view.add_file("a", "a", "", TRAINING_ONLY)
    muted = color(Role.MUTED, QApplication.palette())
    before = amount(view, muted)
    view.add_file("a", "a", "", TRAINING_ONLY, 3)
    assert amount(view, muted) > before + 100


def test_without_a_validation_there_is_no_word_of_it(view: CurvesView) -> None:
    view.add_file("a", "a", "", TRAINING_ONLY)
    assert numbers(view) == [["Last train loss", "1.000"], ["Steps", "3"]]
    assert "valid" not in said(view)
    assert not check_box(view, "Valid").isVisible()


def test_files_are_over_each_other_in_colors_of_their_own(view: CurvesView) -> None:
    for number in range(MAX_FILES):
        view.add_file(str(number), f"run {number}", "", metrics(100 + number))
        assert amount(view, ink(number)) > 50
    assert not button(view, "Compare with…").isEnabled()
    view.add_file("more", "more", "", metrics())
    assert numbers(view)[-1] == ["Steps", "100", "101", "102", "103"]
    view.remove_file("1")
    assert view.keys == ["0", "2", "3"]
    assert amount(view, ink(1)) == 0
    view.add_file("new", "new", "", metrics())
    assert amount(view, ink(1)) > 50


def test_a_file_that_grew_keeps_its_place_and_color(view: CurvesView) -> None:
    view.add_file("a", "a", "", metrics(50))
    view.add_file("b", "b", "", metrics(50))
    view.add_file("a", "a", "", metrics(60))
    assert view.keys == ["a", "b"]
    assert numbers(view)[-1] == ["Steps", "60", "50"]


def test_a_compared_file_is_removed_with_its_button(view: CurvesView, qtbot: QtBot) -> None:
    view.add_file("a", "first", "", metrics())
    view.add_file("b", "second", "", metrics())
    gone: list[object] = []
    view.removed.connect(gone.append)
    (remove,) = [one for one in view.findChildren(QToolButton) if one.isVisible()]
    assert remove.accessibleName() == "Remove second"
    qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
    assert (view.keys, gone) == (["a"], ["b"])
    view.remove_file("b")
    assert gone == ["b"]


def test_another_file_is_asked_for_and_a_picture_can_be_saved(
    view: CurvesView, qtbot: QtBot
) -> None:
    assert not button(view, "Save picture…").isEnabled()
    view.add_file("a", "a", "", metrics())
    with qtbot.waitSignal(view.compare_requested):
        qtbot.mouseClick(button(view, "Compare with…"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(view.save_requested):
        qtbot.mouseClick(button(view, "Save picture…"), Qt.MouseButton.LeftButton)


def test_training_and_validation_can_be_hidden(view: CurvesView, qtbot: QtBot) -> None:
    view.add_file("a", "a", "", metrics())
    both = amount(view, ink(0))
    qtbot.mouseClick(check_box(view, "Valid"), Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert amount(view, ink(0)) < both / 2
    press(qtbot, view, Qt.Key.Key_Home)
    assert "valid" not in view.canvas.accessibleDescription()
    qtbot.mouseClick(check_box(view, "Valid"), Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    qtbot.mouseClick(check_box(view, "Train"), Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    press(qtbot, view, Qt.Key.Key_Home)
    assert view.canvas.step == 10


def test_the_keys_go_from_step_to_step(view: CurvesView, qtbot: QtBot) -> None:
    view.add_file("a", "a", "", metrics())
    steps: list[object] = []
    view.pointed.connect(steps.append)
    press(qtbot, view, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left)
    assert steps == [1, 2, 1]
    press(qtbot, view, Qt.Key.Key_Right, Qt.Key.Key_Right, shift=True)
    assert steps[3:] == [10, 20]
    press(qtbot, view, Qt.Key.Key_Left, shift=True)
    press(qtbot, view, Qt.Key.Key_End, Qt.Key.Key_Right)
    assert steps[5:] == [10, 100]


def test_the_values_at_a_step_are_told(view: CurvesView, qtbot: QtBot) -> None:
    view.add_file("a", "v7", "", metrics())
    view.add_file("b", "v6", "", metrics(5, accuracy=False))
    press(qtbot, view, Qt.Key.Key_Home)
    assert view.canvas.accessibleDescription() == (
        "Step 1; v7, loss, train: 2.000; v6, loss, train: 2.000; "
        "v7, accuracy of tokens, train: 50.0%"
    )
    press(qtbot, view, Qt.Key.Key_Right, shift=True)
    assert view.canvas.accessibleDescription() == (
        "Step 10; v7, loss, train: 1.100; v7, loss, valid: 1.600; "
        "v7, accuracy of tokens, train: 50.0%; v7, accuracy of tokens, valid: 25.0%"
    )


def point_at(view: CurvesView, x: int) -> None:
    send_move(view.canvas, QPoint(x, view.canvas.height() // 4))


def test_the_line_follows_the_pointer_and_snaps_to_validations(view: CurvesView) -> None:
    view.add_file("a", "a", "", metrics(1_000, 100))
    without = view.canvas.grab().toImage()
    found = []
    for x in range(0, view.canvas.width(), 3):
        point_at(view, x)
        found.append(not_none(view.canvas.step))
    assert {100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000} <= set(found)
    assert len(set(found)) > 100
    assert set(found) <= set(range(1, 1_001))
    assert found == sorted(found)
    point_at(view, 200)
    assert view.canvas.grab().toImage() != without


def test_a_step_without_a_value_in_a_gap_is_passed_over(view: CurvesView, qtbot: QtBot) -> None:
    data = b"step,train_loss\n1,1\n2,1\n3,\n4,1\n"
    view.add_file("a", "a", "", not_none(step_metrics(data, is_whole=True)))
    press(qtbot, view, Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert view.canvas.step == 4


def test_smoothing_changes_the_curve_but_not_the_values(view: CurvesView, qtbot: QtBot) -> None:
    lines = "".join(f"{step},{step % 2}\n" for step in range(100))
    data = f"step,train_loss\n{lines}".encode()
    view.add_file("a", "a", "", not_none(step_metrics(data, is_whole=True)))
    (smooth,) = view.findChildren(QComboBox)
    pictures = []
    for words in ("Not at all", "A little", "A lot"):
        smooth.setCurrentText(words)
        pictures.append(view.canvas.grab().toImage())
        press(qtbot, view, Qt.Key.Key_Home, Qt.Key.Key_Right)
        assert view.canvas.accessibleDescription() == "Step 1; a, loss, train: 1.000"
        press(qtbot, view, Qt.Key.Key_Left)
    assert pictures[0] != pictures[1] != pictures[2]


def test_a_picture_is_saved_as_png_and_svg_in_light_colors(view: CurvesView) -> None:
    view.add_file("a", "a <b>", "", metrics())
    png = QImage.fromData(view.canvas.picture.png())
    assert png.width() == 2 * max(640, view.canvas.width())
    assert png.pixelColor(2, 2) == QColor(Role.WINDOW.value[False])
    svg = view.canvas.picture.svg()
    assert QSvgRenderer(svg).isValid()
    assert b"a &lt;b&gt;" in svg


def test_nothing_to_draw_is_said(view: CurvesView, qtbot: QtBot) -> None:
    view.add_file("a", "a", "", not_none(step_metrics(b"step,train_loss\n1,\n", is_whole=True)))
    press(qtbot, view, Qt.Key.Key_Home, Qt.Key.Key_Right)
    point_at(view, 100)
    assert view.canvas.step is None
    muted = color(Role.MUTED, QApplication.palette())
    assert amount(view, muted) > 0
    assert numbers(view) == [["Steps", "1"]]
    assert view.canvas.picture.png() != b""
    view.clear()
    assert view.keys == []


def test_a_single_step_is_drawn_as_a_point(view: CurvesView) -> None:
    data = b"step,valid_loss\n5,0.5\n"
    view.add_file("a", "a", "", not_none(step_metrics(data, is_whole=True)))
    assert amount(view, ink(0)) > 5


def test_what_a_file_lacks_is_told(view: CurvesView) -> None:
    view.add_file(
        "a", "a", "", not_none(step_metrics(b"step,train_loss\n1,1\nx,1\n", is_whole=True))
    )
    assert "1 line can't be read" in said(view)
    view.add_file(
        "a", "a", "", not_none(step_metrics(b"step,train_loss\n1,1\n2,1\n3", is_whole=False))
    )
    assert "Only the first 2 steps" in said(view)


@pytest.mark.parametrize(("is_under_pointer", "step"), [(False, None), (True, 1)])
def test_the_line_goes_with_the_focus_unless_it_is_under_the_pointer(
    view: CurvesView,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    is_under_pointer: bool,
    step: int | None,
) -> None:
    monkeypatch.setattr(view.canvas, "underMouse", lambda: is_under_pointer)
    view.add_file("a", "a", "", metrics())
    view.canvas.setFocus()
    qtbot.waitUntil(view.canvas.hasFocus)
    press(qtbot, view, Qt.Key.Key_Home)
    assert view.canvas.step == 1
    button(view, "Save picture…").setFocus()
    assert view.canvas.step == step


@pytest.mark.parametrize("steps", [104, 1_200])
def test_the_mark_at_a_step_is_on_the_smoothed_curve(
    view: CurvesView, qtbot: QtBot, steps: int
) -> None:
    lines = "".join(f"{step},{4 * (step % 2)}\n" for step in range(1, steps))
    data = f"step,train_loss\n0,10\n{lines}".encode()
    view.add_file("a", "a", "", not_none(step_metrics(data, is_whole=True)))
    marks = []
    for words in ("Not at all", "A lot"):
        not_none(view.findChild(QComboBox)).setCurrentText(words)
        press(qtbot, view, Qt.Key.Key_End, *[Qt.Key.Key_Left] * (steps // 4))
        assert not_none(view.canvas.step) % 2 == 1
        marks.append(rows_of_mark(view))
    # The value is 4, and the mean of those around it 2.
    assert marks[0][-1] + 20 < marks[1][0]


def rows_of_mark(view: CurvesView) -> list[int]:
    """Where the mark of a step is, in the lower right quarter of the charts."""
    image = view.canvas.grab().toImage()
    return [
        y
        for y in range(image.height() // 2, image.height())
        if any(image.pixelColor(x, y) == ink(0) for x in range(image.width() // 2, image.width()))
    ]


def test_the_charts_have_most_of_a_narrow_view(qtbot: QtBot, view: CurvesView) -> None:
    view.add_file("a", "step_metrics.csv", "Today", metrics())
    view.resize(500, 500)
    qtbot.waitUntil(lambda: view.canvas.width() > view.width() / 2)


def test_the_charts_have_most_of_a_narrow_view_of_two_files(qtbot: QtBot, view: CurvesView) -> None:
    for key in ("first", "second"):
        view.add_file(key, f"step_metrics_of_the_{key}_job.csv", "Today", metrics())
    view.resize(104 * view.fontMetrics().averageCharWidth(), 500)
    qtbot.waitUntil(lambda: view.canvas.width() > view.width() / 2)
