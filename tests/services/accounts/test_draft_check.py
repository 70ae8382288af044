import re
from dataclasses import replace
from typing import Any

import pytest

from services.accounts.account_draft import AccountDraft
from services.accounts.draft_check import CheckedDraft, Field, check_draft
from services.providers.account import Account
from services.providers.base_url import CheckedUrl, check_base_url, is_nearby
from services.providers.network import Network
from services.providers.provider import Provider
from services.providers.providers import PROVIDERS
from services.system.version import __version__
from tests.support.factories import account


def checked(
    key: str | None = "sk-1",
    *,
    others: tuple[Account, ...] = (),
    has_saved_key: bool = False,
    **fields: Any,
) -> CheckedDraft:
    return check_draft(AccountDraft(account(**fields), key), others, has_saved_key=has_saved_key)


def sentences(draft: CheckedDraft, field: Field) -> list[str]:
    return [remark.sentence for remark in draft.messages if remark.field is field]


@pytest.mark.parametrize(
    "typed",
    [
        "sk-abc",
        "  sk-abc\n",
        "\r\nsk-abc\r\n",
        '"sk-abc"',
        "'sk-abc'",
        "“sk-abc”",
        "Bearer sk-abc",
        "bearer  sk-abc ",
        '"Bearer sk-abc"',
        "\ufeffsk-abc\u200b",
    ],
)
def test_characters_copied_along_with_a_key_are_removed(typed: str) -> None:
    draft = checked(typed)
    assert draft.usable
    assert draft.draft.key == "sk-abc"


@pytest.mark.parametrize(
    "typed", ["sk-a bc", "sk-a\nbc", "sk-a\tbc", "sk-…abc", "sk-аbc", "a\x00b"]
)
def test_an_invalid_key_is_explained(typed: str) -> None:
    draft = checked(typed)
    assert not draft.usable
    assert len(sentences(draft, Field.KEY)) == 1


def test_no_message_and_no_repr_shows_the_key() -> None:
    draft = checked("sk-secret one")
    assert not any("secret" in remark.sentence for remark in draft.messages)
    assert "secret" not in repr(draft) + repr(draft.draft)


@pytest.mark.parametrize("typed", [None, "", "   ", '""', "Bearer "])
def test_a_new_account_needs_a_key_and_an_existing_one_keeps_its_key(typed: str | None) -> None:
    assert not checked(typed).usable
    draft = checked(typed, has_saved_key=True)
    assert draft.usable
    assert draft.draft.key is None


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        ("  https://api.openai.com/v1/ ", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1///", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/files", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/files/", "https://api.openai.com/v1"),
        ("HTTPS://API.OpenAI.com/V1", "https://api.openai.com/V1"),
        ("https://host.example/some/deep/path", "https://host.example/some/deep/path"),
        ("https://host.example:8443/v1", "https://host.example:8443/v1"),
        ("'https://host.example/v1'", "https://host.example/v1"),
        ("http://[::1]:4000/v1", "http://[::1]:4000/v1"),
        ("http://localhost:4000/v1", "http://localhost:4000/v1"),
    ],
)
def test_an_address_is_cleaned_up_without_a_message(typed: str, used: str) -> None:
    address = check_base_url(typed)
    assert (address.url, address.usable, address.message) == (used, True, "")


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        ("api.openai.com/v1", "https://api.openai.com/v1"),
        ("host.example:8443/v1", "https://host.example:8443/v1"),
        ("localhost:4000/v1", "http://localhost:4000/v1"),
        ("127.0.0.1:4000", "http://127.0.0.1:4000"),
        ("192.168.1.7/v1", "http://192.168.1.7/v1"),
        ("gateway:4000/v1", "http://gateway:4000/v1"),
    ],
)
def test_a_missing_scheme_is_added_with_a_message(typed: str, used: str) -> None:
    address = check_base_url(typed)
    assert (address.url, address.usable) == (used, True)
    assert used.split("//")[0] in address.message


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("", "Enter"),
        ("https://HOST/v1", "HOST"),
        ("https://RESOURCE.openai.azure.com/openai/v1", "RESOURCE"),
        ("https://host.example/v1?api-version=1", "?"),
        ("https://host.example/v1#top", "#"),
        ("https://ann:secret@host.example/v1", "@"),
        ("https://sk-key@host.example/v1", "@"),
        ("ftp://host.example/v1", "https://"),
        ("file:///etc/passwd", "https://"),
        ("https://", "isn't a valid address"),
        ("https:///v1", "isn't a valid address"),
        ("https://host.example:port/v1", "isn't a valid address"),
        ("https://host.example:99999/v1", "isn't a valid address"),
        ("https://[::1/v1", "isn't a valid address"),
        ("https://host example/v1", "isn't a valid address"),
        ("https:\\\\host.example\\v1", "isn't a valid address"),
        ("https://host.example/a b", "spaces"),
    ],
)
def test_an_invalid_address_is_rejected_with_a_message(typed: str, word: str) -> None:
    address = check_base_url(typed)
    assert not address.usable
    assert word in address.message
    assert "secret" not in address.message
    assert address.url == typed


@pytest.mark.parametrize("typed", ["http://files.example.com/v1", "http://8.8.8.8/v1"])
def test_unencrypted_http_to_a_remote_host_is_refused(typed: str) -> None:
    draft = checked(base_url=typed)
    assert not draft.usable
    assert "allow http://" in sentences(draft, Field.BASE_URL)[0]


@pytest.mark.parametrize("typed", ["http://files.example.com/v1", "http://8.8.8.8/v1"])
def test_confirmed_unencrypted_http_is_allowed_with_a_warning(typed: str) -> None:
    draft = checked(base_url=typed, network=Network(plain_http_confirmed=True))
    assert draft.usable
    assert "unencrypted" in sentences(draft, Field.BASE_URL)[0]


@pytest.mark.parametrize(
    ("host", "nearby"),
    [
        ("localhost", True),
        ("127.0.0.5", True),
        ("::1", True),
        ("10.1.2.3", True),
        ("172.16.0.1", True),
        ("fe80::1", True),
        ("nas", True),
        ("nas.local", True),
        ("files.home.arpa", True),
        ("example.com", False),
        ("local.example.com", False),
        ("172.32.0.1", False),
        ("2606:4700::1", False),
    ],
)
def test_which_hosts_are_nearby(host: str, nearby: bool) -> None:
    assert is_nearby(host) is nearby


def test_an_empty_name_defaults_to_the_provider() -> None:
    draft = checked(name="  ", provider_id="openai", base_url="https://api.openai.com/v1")
    assert draft.draft.account.name == "OpenAI"


def test_an_empty_name_for_another_server_defaults_to_its_host() -> None:
    draft = checked(name="", provider_id="other", base_url="https://files.example.com/v1")
    assert draft.draft.account.name == "files.example.com"


def test_a_default_name_is_unique() -> None:
    there = (account("OpenAI", id="1"), account("OpenAI 2", id="2"))
    draft = checked(name="", provider_id="openai", others=there)
    assert draft.draft.account.name == "OpenAI 3"


def test_a_name_is_put_on_one_line() -> None:
    assert checked(name=" Acme \n Research ").draft.account.name == "Acme Research"


def test_organization_and_project_are_stripped_and_must_be_valid_in_a_header() -> None:
    tidy = checked(organization=" org-1 ", project=' "proj_1" ')
    assert (tidy.draft.account.organization, tidy.draft.account.project) == ("org-1", "proj_1")
    odd = checked(organization="org\r\nX-Other: 1", project="projé")
    assert not odd.usable
    assert {remark.field for remark in odd.messages} == {Field.ORGANIZATION, Field.PROJECT}


def test_the_version_matches_the_projects(pytestconfig: pytest.Config) -> None:
    project = (pytestconfig.rootpath / "pyproject.toml").read_text(encoding="utf-8")
    assert f'\nversion = "{__version__}"\n' in project


@pytest.mark.parametrize(
    ("typed", "limit"),
    [
        ("", None),
        ("  ", None),
        ("100 GB", 100_000_000_000),
        ("2.5tb", 2_500_000_000_000),
        ("5", 5),
    ],
)
def test_a_storage_limit_is_parsed(typed: str, limit: int | None) -> None:
    before = replace(account(), storage_limit=7)
    draft = check_draft(AccountDraft(before, "sk-1", typed), (), has_saved_key=False)
    assert draft.usable
    assert draft.draft.account.storage_limit == limit


@pytest.mark.parametrize("typed", ["lots", "0 GB", "-5 GB", "1,5 TB", "9999999999 TB"])
def test_an_invalid_storage_limit_is_explained_with_an_example(typed: str) -> None:
    draft = check_draft(AccountDraft(account(), "sk-1", typed), (), has_saved_key=False)
    assert not draft.usable
    (sentence,) = sentences(draft, Field.STORAGE_LIMIT)
    assert "100 GB" in sentence


def test_a_storage_limit_is_unchanged_unless_edited() -> None:
    before = replace(account(), storage_limit=7)
    draft = check_draft(AccountDraft(before, "sk-1"), (), has_saved_key=False)
    assert draft.draft.account.storage_limit == 7


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.id)
def test_the_address_of_a_provider_works_once_its_capitals_are_replaced(
    provider: Provider,
) -> None:
    words = re.findall(r"[A-Z]{2,}", provider.base_url)
    for word in words:
        checked = check_base_url(provider.base_url)
        assert not checked.usable
        assert word in checked.message
    replaced = re.sub(r"[A-Z]{2,}", "acme", provider.base_url)
    assert check_base_url(replaced) == CheckedUrl(replaced, True)
