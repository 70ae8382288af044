import pytest

from tests.support.factories import account
from ui.downloading.refused_content import RefusedContent

OFFICIAL = account(provider_id="openai")
OTHER = account(provider_id="other")


@pytest.fixture
def refused() -> RefusedContent:
    return RefusedContent()


def test_the_official_service_has_known_refusals(
    refused: RefusedContent,
) -> None:
    refused.switch_account(OFFICIAL)
    assert refused.reason("user_data")
    assert refused.reason("batch_output") is None


def test_other_servers_have_no_known_refusals(refused: RefusedContent) -> None:
    refused.switch_account(OTHER)
    assert refused.reason("user_data") is None
    assert refused.reason(None) is None


def test_refusals_are_learned_with_the_servers_message(refused: RefusedContent) -> None:
    refused.switch_account(OTHER)
    refused.add("acme", "evals", "No evals for you")
    assert "No evals for you" in (refused.reason("evals") or "")


def test_another_account_starts_fresh(refused: RefusedContent) -> None:
    refused.switch_account(OTHER)
    refused.add("acme", "evals", "No")
    refused.switch_account(OTHER)
    assert refused.reason("evals") is None


def test_a_selection_is_refused_only_if_all_of_it_is(refused: RefusedContent) -> None:
    refused.switch_account(OFFICIAL)
    assert refused.reason_for_all(["user_data"]) == refused.reason("user_data")
    assert refused.reason_for_all(["user_data", "batch_output"]) is None
    assert refused.reason_for_all([]) is None
    assert refused.purposes({"user_data", "batch_output"}) == {"user_data"}


def test_a_server_without_content_refuses_every_file(refused: RefusedContent) -> None:
    refused.switch_account(account(provider_id="fireworks"))
    reason = refused.reason("fine-tune")
    assert reason is not None
    assert reason.startswith("Fireworks has datasets")
    assert refused.reason(None) == reason
    assert refused.reason_for_all(["fine-tune", None]) == reason


def test_a_server_that_returns_text_instead_of_files_says_so(refused: RefusedContent) -> None:
    refused.switch_account(account(provider_id="moonshot"))
    assert refused.reason("file-extract") == (
        "Moonshot returns the text that it extracted, not the file."
    )
    assert refused.reason("batch") is None
