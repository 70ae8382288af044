import pytest

from services.problems.severity import Severity
from services.providers.limits import OFFICIAL, Limits, limits_of
from services.providers.providers import OPENAI, OTHER, PROVIDERS, SANDBOX, provider_named


def test_the_official_service_in_all_regions_and_the_sandbox_have_its_limits() -> None:
    official = [provider for provider in (*PROVIDERS, SANDBOX) if provider.official]
    assert OPENAI in official
    assert all(limits_of(provider) is OFFICIAL for provider in official)
    assert OFFICIAL.severity is Severity.ERROR


def test_of_an_unknown_server_nothing_is_assumed() -> None:
    assert limits_of(OTHER) == Limits()
    assert Limits().severity is Severity.WARNING


@pytest.mark.parametrize(
    ("provider", "megabytes", "requests"), [("azure", 200, 100_000), ("groq", 100, None)]
)
def test_other_providers_have_limits_of_their_own(
    provider: str, megabytes: int, requests: int | None
) -> None:
    limits = limits_of(provider_named(provider))
    assert limits.batch_bytes == megabytes * 1024 * 1024
    assert limits.batch_requests == requests
    assert not limits.official
