import pytest

from services.accounts.environment import environment_account
from services.providers.account import ENVIRONMENT_ID, Account, AccountKind

KEY = "sk-canary-0123456789"


def test_without_a_key_there_is_no_account() -> None:
    assert environment_account({}) is None
    assert environment_account({"OPENAI_BASE_URL": "https://eu.api.openai.com/v1"}) is None


@pytest.mark.parametrize("empty", ["", " ", "\n"])
def test_an_empty_key_counts_as_none(empty: str) -> None:
    assert environment_account({"OPENAI_API_KEY": empty}) is None


def test_a_key_alone_means_the_official_service() -> None:
    made = environment_account({"OPENAI_API_KEY": KEY})
    assert made is not None
    account, key = made
    assert key == KEY
    assert account == Account(
        ENVIRONMENT_ID,
        "Environment",
        "openai",
        "https://api.openai.com/v1",
        kind=AccountKind.ENVIRONMENT,
    )


def test_the_other_variables_are_read_and_stripped() -> None:
    made = environment_account(
        {
            "OPENAI_API_KEY": f" {KEY}\n",
            "OPENAI_BASE_URL": " https://eu.api.openai.com/v1/ ",
            "OPENAI_ORG_ID": "org-1 ",
            "OPENAI_PROJECT_ID": " proj-1",
        }
    )
    assert made is not None
    account, key = made
    assert key == KEY
    assert (account.provider_id, account.base_url) == (
        "openai-eu",
        "https://eu.api.openai.com/v1",
    )
    assert (account.organization, account.project) == ("org-1", "proj-1")


def test_an_empty_address_is_the_official_one() -> None:
    made = environment_account({"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": " "})
    assert made is not None
    assert made[0].base_url == "https://api.openai.com/v1"


def test_another_address_is_another_server() -> None:
    made = environment_account(
        {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "http://localhost:8000/v1"}
    )
    assert made is not None
    assert (made[0].provider_id, made[0].base_url) == ("other", "http://localhost:8000/v1")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("localhost:8000/v1", "http://localhost:8000/v1"),
        ("api.example.com/v1", "https://api.example.com/v1"),
        ("https://api.example.com/v1/files", "https://api.example.com/v1"),
    ],
)
def test_an_address_is_cleaned_up_as_in_the_account_dialog(typed: str, meant: str) -> None:
    made = environment_account({"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": typed})
    assert made is not None
    assert made[0].base_url == meant


def test_neither_the_account_nor_its_repr_contains_the_key() -> None:
    made = environment_account({"OPENAI_API_KEY": KEY})
    assert made is not None
    assert KEY not in repr(made[0])
