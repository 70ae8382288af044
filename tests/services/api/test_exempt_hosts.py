"""Which hosts a proxy isn't used for."""

import pytest

from services.api.exempt_hosts import is_exempt


@pytest.mark.parametrize(
    ("entries", "url", "exempt"),
    [
        ("", "https://a.example/v1", False),
        (" , ,", "https://a.example/v1", False),
        ("*", "https://a.example/v1", True),
        ("*", "https://[2001:db8::1]/v1", True),
        ("example.com", "https://example.com/v1", True),
        ("example.com", "https://api.example.com/v1", True),
        (".example.com", "https://example.com/v1", True),
        ("*.example.com", "https://api.example.com/v1", True),
        ("EXAMPLE.com.", "https://Api.Example.COM./v1", True),
        ("example.com", "https://notexample.com/v1", False),
        ("ample.com", "https://example.com/v1", False),
        ("example.com", "https://example.com.evil/v1", False),
        ("a.invalid;b.invalid c.invalid", "https://b.invalid/v1", True),
        ("a.invalid;b.invalid c.invalid", "https://c.invalid/v1", True),
        ("example.com:8443", "https://example.com:8443/v1", True),
        ("example.com:8443", "https://example.com/v1", False),
        ("example.com:443", "https://example.com/v1", True),
        ("example.com:80", "http://example.com/v1", True),
        ("10.1.2.3", "http://10.1.2.3/v1", True),
        ("10.0.0.0/8", "http://10.1.2.3/v1", True),
        ("10.0.0.0/8", "http://11.1.2.3/v1", False),
        ("10.1.2.3/8", "http://10.9.9.9/v1", True),
        ("10.0.0.0/8", "http://[::ffff:10.1.2.3]/v1", True),
        ("10.1.2.3:8080", "http://10.1.2.3:8080/v1", True),
        ("10.1.2.3:8080", "http://10.1.2.3/v1", False),
        ("2001:db8::1", "https://[2001:db8:0::1]/v1", True),
        ("[2001:db8::1]", "https://[2001:db8::1]/v1", True),
        ("[2001:db8::1]:8443", "https://[2001:db8::1]:8443/v1", True),
        ("[2001:db8::1]:8443", "https://[2001:db8::1]/v1", False),
        ("2001:db8::/32", "https://[2001:db8:5::9]/v1", True),
        ("2001:db8::/32", "https://[2001:db9::9]/v1", False),
        ("10.0.0.0/8", "https://ten.example/v1", False),
        ("0.0.0.0/0", "https://[2001:db8::1]/v1", False),
        ("bücher.example", "https://xn--bcher-kva.example/v1", True),
        ("xn--bcher-kva.example", "https://bücher.example/v1", True),
        ("<local>", "http://wiki/v1", True),
        ("<local>", "http://wiki.example/v1", False),
        ("<local>", "http://[2001:db8::1]/v1", False),
        (".", "https://a.example/v1", False),
        ("[", "https://a.example/v1", False),
        ("1.2.3.4/99", "http://1.2.3.4/v1", False),
        ("a" * 70 + "ü.example", "http://a.example/v1", False),
    ],
)
def test_entries_match_as_in_other_programs(entries: str, url: str, exempt: bool) -> None:
    assert is_exempt(url, entries) is exempt
