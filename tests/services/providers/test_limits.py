import pytest

from services.problems.severity import Severity
from services.providers.limits import OFFICIAL, UNKNOWN, Limits
from services.providers.providers import OTHER, provider_named


def test_the_official_service_in_all_regions_and_the_sandbox_have_its_limits() -> None:
    for provider_id in ("openai", "openai-us", "openai-eu", "openai-ae", "sandbox"):
        provider = provider_named(provider_id)
        assert provider.limits is OFFICIAL
        assert provider.not_downloadable == {"assistants", "user_data"}
        assert provider.uploads_a_minute == 1000
    assert OFFICIAL.severity is Severity.ERROR


def test_of_an_unknown_server_nothing_is_assumed() -> None:
    assert OTHER.limits == UNKNOWN == Limits()
    assert UNKNOWN.severity is Severity.WARNING
    assert (OTHER.uploads_a_minute, OTHER.storage, OTHER.not_downloadable) == (
        None,
        None,
        frozenset(),
    )


@pytest.mark.parametrize(
    ("provider", "megabytes", "requests"), [("azure", 200, 100_000), ("groq", 100, None)]
)
def test_other_providers_have_limits_of_their_own(
    provider: str, megabytes: int, requests: int | None
) -> None:
    limits = provider_named(provider).limits
    assert limits.batch_bytes == megabytes * 1024 * 1024
    assert limits.batch_requests == requests
    assert limits.severity is Severity.WARNING
