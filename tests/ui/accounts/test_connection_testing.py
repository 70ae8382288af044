"""Testing a connection in the dialog for accounts: the steps, the results, and when they go."""

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QWidget,
)

from services.accounts.connection_steps import ConnectionStep, ConnectionTest, StepKind, StepState
from services.accounts.events import (
    AccountsLoaded,
    AccountTested,
    AccountTesting,
)
from services.problems.errors import ProblemKind
from tests.support.factories import problem
from tests.ui.accounts.connect_desk import ACME, Desk
from ui.accounts.connect_dialog import ConnectDialog


def passed(*texts: str) -> tuple[ConnectionStep, ...]:
    """Steps that passed."""
    return tuple(
        ConnectionStep(kind, StepState.PASSED, text)
        for kind, text in zip(StepKind, texts, strict=False)
    )


def test_a_warning_shows_below_the_address_and_the_test_continues(desk: Desk) -> None:
    desk.open(None)
    desk.write("API key", "sk-1")
    desk.write("Base URL", "localhost:4000/v1/")
    desk.press("Test connection")
    assert "Added http://" in desk.texts()
    assert desk.field("Base URL").text() == "http://localhost:4000/v1"
    assert len(desk.drafts("accounts.test")) == 1


def test_a_test_shows_each_step_and_the_problem_with_its_request_id(desk: Desk) -> None:
    desk.open("acme")
    desk.press("Test connection")
    assert "Test connection" not in desk.buttons()
    (draft,) = desk.drafts("accounts.test")
    assert draft.key is None
    refused = problem(
        "The key was refused",
        kind=ProblemKind.KEY_REFUSED,
        advice="Check it.",
        status=401,
        request_id="req_7",
    )
    desk.dialog.apply_event(
        AccountTested(
            desk.last_request(), ConnectionTest(passed("Reached api.openai.com"), refused)
        )
    )
    for words in ("Reached api", "was refused", "Check it.", "HTTP 401", "req_7"):
        assert desk.texts().count(words) == 1
    marks = [w.accessibleName() for w in desk.dialog.findChildren(QWidget) if w.isVisible()]
    assert marks.count("passed") == 1
    assert marks.count("failed") == 1
    assert "Test again" in desk.buttons()


def test_results_of_an_older_test_are_ignored(desk: Desk) -> None:
    desk.open("acme")
    desk.press("Test connection")
    old = desk.last_request()
    desk.write("Project", "proj_2")
    desk.press("Test connection")
    desk.dialog.apply_event(AccountTested(old, ConnectionTest(passed("Old news"), None)))
    assert "Old news" not in desk.texts()
    desk.dialog.apply_event(
        AccountTested(desk.last_request(), ConnectionTest(passed("Good news"), None))
    )
    assert "Good news" in desk.texts()


def test_steps_appear_while_the_test_runs_and_it_can_be_stopped(desk: Desk) -> None:
    desk.open("acme")
    desk.press("Test connection")
    request = desk.last_request()
    looking_up = ConnectionStep(StepKind.NAME, StepState.RUNNING, "Looking up api.openai.com…")
    desk.dialog.apply_event(AccountTesting(request, (looking_up,)))
    assert "Looking up api.openai.com…" in desk.texts()
    desk.press("Stop testing")
    assert desk.engine.arguments_of("accounts.cancel_test") == [(request,)]
    assert "Looking up" not in desk.texts()
    desk.dialog.apply_event(AccountTesting(request, passed("Late")))
    desk.dialog.apply_event(AccountTested(request, ConnectionTest(passed("Late"), None)))
    assert "Late" not in desk.texts()
    assert "Test again" in desk.buttons()


def test_a_test_in_another_window_has_nothing_to_do_with_this_one(desk: Desk) -> None:
    other = ConnectDialog(desk.engine.backend.engine.accounts)
    desk.qtbot.addWidget(other)
    other.apply_event(AccountsLoaded((ACME,)))
    other.edit("acme")
    desk.open("acme")
    desk.press("Test connection")
    request = desk.last_request()
    buttons = other.findChildren(QAbstractButton)
    next(one for one in buttons if one.text() == "Test connection").click()
    assert desk.last_request() != request


@pytest.mark.parametrize("leave", ["edit", "close", "another account"])
def test_a_test_is_cancelled_when_its_values_are_left(desk: Desk, leave: str) -> None:
    desk.open("acme")
    desk.press("Test connection")
    request = desk.last_request()
    match leave:
        case "edit":
            desk.write("Project", "p")
        case "close":
            desk.dialog.reject()
        case "another account":
            desk.dialog.edit("team")
    assert desk.engine.arguments_of("accounts.cancel_test") == [(request,)]


def test_the_results_are_summed_up_with_times(desk: Desk) -> None:
    desk.open("acme")
    desk.press("Test connection")
    steps = (
        ConnectionStep(StepKind.SERVER, StepState.PASSED, "Reached api.openai.com", 0.096),
        ConnectionStep(StepKind.TLS, StepState.PASSED, "TLS 1.3", 1.44),
        ConnectionStep(StepKind.ENDING, StepState.WARNING, "It ends in 12 days"),
    )
    test = ConnectionTest(steps, None, began_at=0.0, seconds=0.6)
    desk.dialog.apply_event(AccountTested(desk.last_request(), test))
    texts = desk.texts()
    assert "2 steps passed, 1 warning" in texts
    assert "took 600 ms" in texts
    assert "Reached api.openai.com · 96\u00a0ms" in texts
    assert "TLS 1.3 · 1.4\u00a0s" in texts
    assert desk.widget(QWidget, "warning").isVisible()
    failed = ConnectionStep(StepKind.KEY, StepState.FAILED, "The key was rejected")
    desk.press("Test again")
    test = ConnectionTest((*steps, failed), problem("The key was rejected"))
    desk.dialog.apply_event(AccountTested(desk.last_request(), test))
    assert "2 steps passed, 1 warning, 1 failed" in desk.texts()
    assert desk.texts().count("The key was rejected") == 1


def test_a_base_url_that_the_test_has_found_is_taken_with_one_click(desk: Desk) -> None:
    desk.open("team")
    desk.press("Test connection")
    found = "https://team.example.com/v1"
    test = ConnectionTest((), problem("No Files API at this address"), better_url=found)
    desk.dialog.apply_event(AccountTested(desk.last_request(), test))
    assert f"There is a Files API at {found}" in desk.texts()
    desk.press("Use this address")
    assert desk.field("Base URL").text() == found
    assert [draft.account.base_url for draft in desk.drafts("accounts.test")][1:] == [found]
    assert "Save" in desk.buttons()


def test_editing_clears_the_test_results(desk: Desk) -> None:
    desk.open("acme")
    desk.press("Test connection")
    desk.dialog.apply_event(
        AccountTested(desk.last_request(), ConnectionTest(passed("Fine"), None))
    )
    desk.write("Project", "proj_2")
    assert "Fine" not in desk.texts()


def test_the_servers_message_is_in_the_test_results(desk: Desk) -> None:
    desk.open("acme")
    desk.press("Test connection")
    message = "project: Field required"
    refused = problem("Refused", kind=ProblemKind.REQUEST_REFUSED, detail=message, status=422)
    desk.dialog.apply_event(
        AccountTested(
            desk.last_request(), ConnectionTest(passed("Reached api.openai.com"), refused)
        )
    )
    assert desk.texts().count(message) == 1
    results = desk.widget(QWidget, "Test results")
    desk.qtbot.waitUntil(lambda: results.visibleRegion().boundingRect() == results.rect())


def test_after_a_test_its_button_still_has_focus(desk: Desk) -> None:
    desk.open("acme")
    desk.qtbot.waitUntil(desk.dialog.isActiveWindow)
    desk.press("Test connection")
    desk.dialog.apply_event(AccountTested(desk.last_request(), ConnectionTest((), None)))
    focused = desk.dialog.focusWidget()
    assert isinstance(focused, QAbstractButton)
    assert focused.text() == "Test again"
