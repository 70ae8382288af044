import pytest

from tests.support.factories import account
from ui.downloading.refused_content import RefusedContent

OFFICIAL = account(provider_id="openai")
OTHER = account(provider_id="other")


@pytest.fixture
def refused() -> RefusedContent:
    return RefusedContent()


def test_the_official_service_is_expected_to_refuse_what_it_was_seen_to(
    refused: RefusedContent,
) -> None:
    refused.begin(OFFICIAL)
    assert refused.reason("user_data")
    assert refused.reason("batch_output") is None


def test_another_server_is_expected_to_give_all(refused: RefusedContent) -> None:
    refused.begin(OTHER)
    assert refused.reason("user_data") is None
    assert refused.reason(None) is None


def test_what_the_server_says_is_learned_and_told_in_its_words(refused: RefusedContent) -> None:
    refused.begin(OTHER)
    refused.add("acme", "evals", "No evals for you")
    assert "No evals for you" in (refused.reason("evals") or "")


def test_another_account_starts_anew(refused: RefusedContent) -> None:
    refused.begin(OTHER)
    refused.add("acme", "evals", "No")
    refused.begin(OTHER)
    assert refused.reason("evals") is None


def test_a_selection_is_refused_only_when_all_of_it_is(refused: RefusedContent) -> None:
    refused.begin(OFFICIAL)
    assert refused.why_none_of(["user_data"]) == refused.reason("user_data")
    assert refused.why_none_of(["user_data", "batch_output"]) is None
    assert refused.why_none_of([]) is None
    assert refused.purposes({"user_data", "batch_output"}) == {"user_data"}
