"""The checks of the network form."""

from typing import Any

import pytest

from services.accounts.network_check import (
    CheckedNetwork,
    NetworkDraft,
    NetworkField,
    check_network,
)
from services.providers.network import MOST_HEADERS, Network, ProxyChoice


def checked(
    proxy_url: str = "http://p.invalid:1", password: str | None = None, **fields: Any
) -> CheckedNetwork:
    fields = {"proxy": ProxyChoice.OWN} | fields
    return check_network(NetworkDraft(Network(proxy_url=proxy_url, **fields), password))


def fields_of(made: CheckedNetwork) -> list[NetworkField]:
    return [message.field for message in made.messages]


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [
        (" http://p.invalid:3128/ ", "http://p.invalid:3128"),
        ("p.invalid:3128", "http://p.invalid:3128"),
        ("HTTPS://p.invalid:443", "https://p.invalid:443"),
        ("socks://p.invalid:1080", "socks5h://p.invalid:1080"),
        ("socks5://[::1]:1080", "socks5://[::1]:1080"),
        ("“http://p.invalid:3128”", "http://p.invalid:3128"),
        ("http://prøxy.invalid:3128", "http://prøxy.invalid:3128"),
    ],
)
def test_a_proxys_address_is_tidied(typed: str, tidy: str) -> None:
    made = checked(typed)
    assert made.usable
    assert made.draft.network.proxy_url == tidy


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "http://",
        "http://:3128",
        "http://p.invalid",
        "p.invalid",
        "socks4://p.invalid:1",
        "ftp://p.invalid:1",
        "http://p.invalid:port",
        "http://p.invalid:99999",
        "http://p.invalid:0",
        "http://[::1:3128",
        "http://p q:3128",
        "http://p.invalid:3128/path",
        "http://p.invalid:3128?a",
        "p\n.invalid:1",
        "\0",
        "💥",
    ],
)
def test_an_invalid_address_is_explained(typed: str) -> None:
    made = checked(typed)
    assert fields_of(made) == [NetworkField.PROXY_URL]
    assert made.messages[0].sentence


def test_an_address_that_is_not_used_is_not_checked() -> None:
    made = checked("http://ann:secret@p q:1", proxy=ProxyChoice.SYSTEM)
    assert made.usable
    assert "secret" not in str(made.draft.network)


@pytest.mark.parametrize(
    ("typed", "user", "password"),
    [
        ("http://ann:secret@p.invalid:1", "ann", "secret"),
        ("ann:se%3Acr%40et@p.invalid:1", "ann", "se:cr@et"),
        ("http://ann:se@cret@p.invalid:1", "ann", "se@cret"),
        ("http://ann@p.invalid:1", "ann", None),
        ("http://ann:@p.invalid:1", "ann", ""),
    ],
)
def test_a_login_in_the_address_moves_to_its_own_fields(
    typed: str, user: str, password: str | None
) -> None:
    made = checked(typed)
    assert made.draft.network.proxy_url == "http://p.invalid:1"
    assert made.draft.network.proxy_user == user
    assert made.draft.proxy_password == password


def test_a_password_needs_a_user_name() -> None:
    assert fields_of(checked(password="secret")) == [NetworkField.PROXY_USER]
    assert fields_of(checked(proxy_user="a:b")) == [NetworkField.PROXY_USER]
    assert checked(password="secret", proxy_user=" ann ").draft.network.proxy_user == "ann"


def test_exceptions_are_written_uniformly() -> None:
    assert checked(not_for=" localhost .a.invalid;b ,").draft.network.not_for == (
        "localhost, .a.invalid, b"
    )
    assert checked(not_for=" ").draft.network.not_for == ""


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("ca_file", NetworkField.CA_FILE),
        ("client_certificate", NetworkField.CLIENT_CERTIFICATE),
    ],
)
def test_files_need_a_full_path(name: str, field: NetworkField) -> None:
    assert fields_of(checked(**{name: "relative.pem"})) == [field]
    assert checked(**{name: '"/etc/ca.pem" '}).usable
    assert checked(**{name: "~/ca.pem"}).usable


def test_a_key_needs_its_certificate() -> None:
    assert fields_of(checked(client_key="/k.pem")) == [NetworkField.CLIENT_CERTIFICATE]


@pytest.mark.parametrize(
    "headers",
    [
        (("", "a"),),
        (("Authorization", "Bearer a"),),
        (("X-A", "ä"),),
        (("X-A", "1"), ("x-a", "2")),
        tuple((f"X-{number}", "") for number in range(MOST_HEADERS + 1)),
    ],
)
def test_invalid_headers_are_explained(headers: tuple[tuple[str, str], ...]) -> None:
    assert fields_of(checked(headers=headers)) == [NetworkField.HEADERS]


def test_headers_are_tidied() -> None:
    typed = ((" X-A: ", " b "), ("", ""), ("X-B", ""))
    assert checked(headers=typed).draft.network.headers == (("X-A", "b"), ("X-B", ""))


def test_neither_value_shows_the_password() -> None:
    made = checked(proxy_user="ann", password="secret")
    assert "secret" not in repr(made) + repr(made.draft)
