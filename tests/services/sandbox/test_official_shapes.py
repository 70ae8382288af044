"""The table of the official document's facts notices differences."""

from typing import Any

import pytest

from tests.services.sandbox.official_shapes import BATCH, differences, list_of

GOOD = {
    "id": "batch_1",
    "object": "batch",
    "endpoint": "/v1/responses",
    "input_file_id": "file-1",
    "completion_window": "24h",
    "status": "validating",
    "created_at": 5,
}


def test_a_value_as_in_the_document_has_no_differences() -> None:
    assert differences(GOOD, BATCH) == []
    assert differences(GOOD | {"errors": None, "metadata": {"a": "b"}}, BATCH) == []
    assert differences({"object": "list", "data": [GOOD], "has_more": False}, list_of(BATCH)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"status": "done"},
        {"created_at": 5.0},
        {"created_at": True},
        {"surprise": 1},
        {"metadata": {"a": 1}},
        {"errors": {"data": [{"line": "1"}]}},
        {"errors": []},
        {"request_counts": {"total": 1, "completed": 1}},
    ],
)
def test_every_difference_is_found(change: dict[str, Any]) -> None:
    assert len(differences(GOOD | change, BATCH)) == 1


def test_a_missing_field_is_found() -> None:
    assert differences({k: v for k, v in GOOD.items() if k != "endpoint"}, BATCH) == [
        ".endpoint: missing"
    ]
