"""The network of an account, and what may be set in it."""

import msgspec
import pytest

from services.providers.network import (
    LONGEST_HEADER,
    Network,
    ProxyChoice,
    why_header_invalid,
)


def test_a_network_is_saved_and_loaded_unchanged() -> None:
    network = Network(
        ProxyChoice.OWN, "http://p.invalid:1", "ann", True, ".a", headers=(("X-A", "b"),), retries=0
    )
    assert msgspec.json.decode(msgspec.json.encode(network), type=Network) == network


@pytest.mark.parametrize(
    "saved",
    [
        b"{}",
        b'{"connect_seconds": 0, "send_seconds": -1, "answer_seconds": 1e9, "retries": -1}',
        b'{"retries": 1000, "proxy": "something newer", "unknown": 1}',
    ],
)
def test_values_out_of_range_are_replaced_by_the_defaults(saved: bytes) -> None:
    assert msgspec.json.decode(saved, type=Network) == Network()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Cost-Center", "production-0412"),
        ("X-Empty", ""),
        ("User-Agent", "mine/1.0 (test)"),
        ("OpenAI-Beta", "assistants=v2"),
        ("x", "a" * LONGEST_HEADER),
    ],
)
def test_valid_headers(name: str, value: str) -> None:
    assert why_header_invalid(name, value) == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("", "a"),
        ("X A", "a"),
        ("X:A", "a"),
        ("X-Ä", "a"),
        ("X-A\r\nHost", "a"),
        ("Authorization", "Bearer a"),
        ("AUTHORIZATION", "a"),
        ("api-key", "a"),
        ("Host", "a"),
        ("Content-Length", "1"),
        ("transfer-encoding", "chunked"),
        ("Connection", "close"),
        ("Proxy-Authorization", "Basic a"),
        ("OpenAI-Project", "a"),
        ("Content-Type", "a"),
        ("X-A", "a\nHost: b"),
        ("X-A", "ä"),
        ("X-A", " a"),
        ("X-A", "a" * (LONGEST_HEADER + 1)),
    ],
)
def test_invalid_headers(name: str, value: str) -> None:
    assert why_header_invalid(name, value)


def test_the_header_that_carries_the_key_is_never_added() -> None:
    assert why_header_invalid("x-goog-api-key", "a", key_header="X-Goog-Api-Key")
