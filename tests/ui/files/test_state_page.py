import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from services.browse.file_list import FileFilter, View
from services.problems.errors import ProblemKind
from tests.support.factories import problem
from ui.files.state_page import ListState, StatePage


@pytest.fixture
def page(qtbot: QtBot) -> StatePage:
    made = StatePage()
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    return made


def visible_texts(page: StatePage) -> list[str]:
    return [one.text() for one in page.findChildren(QLabel) if one.isVisible()]


def buttons(page: StatePage) -> dict[str, QPushButton]:
    return {one.text(): one for one in page.findChildren(QPushButton) if one.isVisible()}


def test_loading_shows_the_progress(page: StatePage) -> None:
    page.show_state(ListState.LOADING, None, "12,000 so far")
    assert visible_texts(page) == ["Loading files…", "12,000 so far"]
    assert not buttons(page)


def test_an_empty_account_offers_an_upload(qtbot: QtBot, page: StatePage) -> None:
    asked = QSignalSpy(page.upload_requested)
    page.show_state(ListState.EMPTY, None, "")
    assert visible_texts(page) == ["No files yet", "Drag files here or press Upload…"]
    qtbot.mouseClick(buttons(page)["Upload…"], Qt.MouseButton.LeftButton)
    assert asked.count() == 1


def test_if_nothing_matches_the_filter_can_be_cleared(qtbot: QtBot, page: StatePage) -> None:
    asked = QSignalSpy(page.clear_filter_requested)
    page.show_no_match(FileFilter(text=" run\n7 "))
    assert visible_texts(page) == ["No file matches “run�7”", "Try fewer words or filters."]
    assert list(buttons(page)) == ["Clear search and filter"]
    qtbot.mouseClick(buttons(page)["Clear search and filter"], Qt.MouseButton.LeftButton)
    assert asked.count() == 1


def test_if_nothing_matches_the_chosen_purposes_are_named(page: StatePage) -> None:
    page.show_no_match(FileFilter(frozenset({"vision", "batch"}), text="run"))
    assert visible_texts(page)[0] == "No file matches “run”"
    assert visible_texts(page)[1].startswith(
        "Only files with the purposes batch, vision were searched."
    )
    page.show_no_match(FileFilter(frozenset({"", "a\u202eb"})))
    assert visible_texts(page) == [
        "No files here",
        "There are no files with the purposes none, a�b.",
    ]
    page.show_no_match(FileFilter(frozenset({"batch"})))
    assert visible_texts(page) == ["No files here", "There are no files with the purpose batch."]
    page.show_no_match(FileFilter(frozenset(f"purpose-{number}" for number in range(20))))
    assert visible_texts(page)[1].endswith("purpose-13 and 14 more.")


def test_if_nothing_matches_the_chosen_view_is_named(page: StatePage) -> None:
    page.show_no_match(FileFilter(view=View.NEW_OUTPUTS))
    assert visible_texts(page) == ["No files here", "There are no new outputs."]
    page.show_no_match(FileFilter(view=View.EXPIRING, text="run"))
    assert "Only files that expire within 7 days were searched." in visible_texts(page)[1]
    page.show_no_match(FileFilter(view=View.LARGEST, text="run"))
    assert visible_texts(page)[1] == "Try fewer words or filters."


def test_if_nothing_matches_ignored_parts_are_explained(page: StatePage) -> None:
    page.show_no_match(FileFilter(text="run size:x"))
    assert visible_texts(page)[2].startswith("“size:x” is ignored. Enter a size")
    page.show_no_match(FileFilter(text="run"))
    assert len(visible_texts(page)) == 2


def test_a_very_long_search_fits_the_page(page: StatePage) -> None:
    page.show_no_match(FileFilter(frozenset({"p" * 10_000}), text="x" * 10_000))
    assert page.minimumSizeHint().width() <= 600
    for one in page.findChildren(QLabel):
        assert len(one.text()) < 300


@pytest.mark.parametrize("kind", list(ProblemKind))
def test_every_problem_shows_its_text_and_a_next_step(page: StatePage, kind: ProblemKind) -> None:
    page.show_state(
        ListState.FAILED,
        problem("It failed", kind=kind, advice="Do this.", status=503, request_id="req_1"),
        "",
    )
    assert visible_texts(page) == ["It failed", "Do this.", "HTTP 503 · request ID req_1"]
    assert buttons(page)
    page.grab()  # a Qt warning while painting fails the test


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (ProblemKind.KEY_MISSING, "Change the key…"),
        (ProblemKind.KEY_REFUSED, "Change the key…"),
        (ProblemKind.NOT_A_FILES_API, "Edit account…"),
        (ProblemKind.BAD_ADDRESS, "Edit account…"),
    ],
)
def test_key_and_url_problems_lead_to_the_account(
    qtbot: QtBot, page: StatePage, kind: ProblemKind, text: str
) -> None:
    asked = QSignalSpy(page.account_requested)
    page.show_state(ListState.FAILED, problem(kind=kind), "")
    qtbot.mouseClick(buttons(page)[text], Qt.MouseButton.LeftButton)
    assert asked.count() == 1


@pytest.mark.parametrize("kind", [ProblemKind.UNREACHABLE, ProblemKind.SERVER_FAILED])
def test_connection_problems_offer_a_retry(
    qtbot: QtBot, page: StatePage, kind: ProblemKind
) -> None:
    asked = QSignalSpy(page.retry_requested)
    page.show_state(ListState.FAILED, problem(kind=kind), "")
    qtbot.mouseClick(buttons(page)["Try again"], Qt.MouseButton.LeftButton)
    assert asked.count() == 1
    qtbot.keyClick(buttons(page)["Try again"], Qt.Key.Key_Return)
    assert asked.count() == 2


def test_a_failure_without_a_problem_offers_a_retry(page: StatePage) -> None:
    page.show_state(ListState.FAILED, None, "")
    assert visible_texts(page) == ["The list couldn't be loaded"]
    assert list(buttons(page)) == ["Try again"]


def test_the_next_state_clears_the_failure_report(page: StatePage) -> None:
    page.show_state(ListState.FAILED, problem(status=500), "")
    page.show_state(ListState.EMPTY, None, "")
    assert visible_texts(page) == ["No files yet", "Drag files here or press Upload…"]


def test_long_words_fit_a_narrow_page(qtbot: QtBot, page: StatePage) -> None:
    page.show_state(ListState.FAILED, problem("It " * 60, advice="word " * 60), "")
    page.resize(320, 500)
    qtbot.waitUntil(lambda: page.width() <= 400)
    shown = [one for one in page.findChildren(QLabel) if one.isVisible()]
    assert len(shown) == 2
    for one in shown:
        assert one.geometry().right() <= page.width()


def test_assistive_technology_can_read_the_page(page: StatePage) -> None:
    page.show_state(ListState.EMPTY, None, "")
    assert page.accessibleName() == "No files yet"
    assert page.accessibleDescription() == "Drag files here or press Upload…"
    page.show_no_match(FileFilter(text="run"))
    assert page.accessibleName() == "No file matches “run”"
    refused = problem("The key was refused", advice="Look at it.", status=401, request_id="req_7")
    page.show_state(ListState.FAILED, refused, "")
    assert page.accessibleName() == "The key was refused"
    assert page.accessibleDescription() == "Look at it.\nHTTP 401 · request ID req_7"
    page.show_state(ListState.LOADING, None, "")
    assert (page.accessibleName(), page.accessibleDescription()) == ("Loading files…", "")


REFUSED = problem(
    "The server refused the request",
    kind=ProblemKind.REQUEST_REFUSED,
    advice="Change what it objects to.",
    detail="purpose: Input should be 'assistants'\nor 'batch'",
    status=422,
    request_id="req_12",
)


def test_the_server_message_is_shown(page: StatePage) -> None:
    page.show_state(ListState.FAILED, REFUSED, "")
    title, sentence, advice, report = visible_texts(page)
    assert (title, advice) == (REFUSED.title, REFUSED.advice)
    assert "purpose: Input should be 'assistants'�or 'batch'" in sentence
    assert "HTTP 422" in report
    assert sentence in page.accessibleDescription()
    page.show_state(ListState.LOADING, None, "")
    assert sentence not in visible_texts(page)


def test_local_errors_are_not_attributed_to_the_server(page: StatePage) -> None:
    page.show_state(ListState.FAILED, problem("Gone", detail="[Errno 111]"), "")
    assert not any("Errno" in text for text in visible_texts(page))


def test_an_empty_account_without_uploads_says_so(page: StatePage) -> None:
    page.allow_upload("Acme doesn't accept uploads.")
    page.show_state(ListState.EMPTY, None, "")
    assert visible_texts(page) == ["No files yet", "Acme doesn't accept uploads."]
    assert not buttons(page)
