"""How a problem is shown and copied."""

import pytest

from services.problems.errors import FilesError, Problem, ProblemKind

K = ProblemKind


@pytest.mark.parametrize(
    ("kind", "status", "message"),
    [
        (K.BAD_ADDRESS, 300, "the words"),
        (K.SERVER_FAILED, 500, "the words"),
        (K.NOT_A_FILES_API, 299, ""),
        (K.NOT_A_FILES_API, None, ""),
        (K.REQUEST_REFUSED, 200, "the words"),
        (K.REQUEST_REFUSED, None, "the words"),
    ],
)
def test_only_an_error_response_holds_a_server_message(
    kind: ProblemKind, status: int | None, message: str
) -> None:
    assert Problem(kind, "Title", "Advice.", "the words", status=status).server_message == message


def test_a_report_has_all_details_and_no_blank_lines() -> None:
    assert Problem(K.BUSY, "Title", "Advice.").report == "Title\nAdvice."
    full = Problem(K.BUSY, "Title", "Advice.", "the words", status=409, request_id="req_1")
    assert full.report == "Title\nAdvice.\nHTTP 409\nRequest ID: req_1\nthe words"


def test_an_error_is_logged_with_its_detail_or_else_its_advice() -> None:
    assert str(FilesError(Problem(K.BUSY, "Title", "Advice.", "the words"))) == "Title: the words"
    assert str(FilesError(Problem(K.BUSY, "Title", "Advice."))) == "Title: Advice."
