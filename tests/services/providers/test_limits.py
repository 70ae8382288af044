import pytest

from services.problems.severity import Severity
from services.providers.limits import OFFICIAL, UNKNOWN, Limits
from services.providers.providers import provider_named
from services.providers.self_hosted import OTHER


def test_all_official_regions_and_the_sandbox_have_the_official_limits() -> None:
    for provider_id in ("openai", "openai-us", "openai-eu", "openai-ae", "sandbox"):
        provider = provider_named(provider_id)
        assert provider.limits is OFFICIAL
        assert provider.not_downloadable == {"assistants", "user_data"}
        assert provider.uploads_a_minute == 1000
    assert OFFICIAL.severity is Severity.ERROR


def test_nothing_is_assumed_about_an_unknown_server() -> None:
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
def test_other_providers_have_their_own_limits(
    provider: str, megabytes: int, requests: int | None
) -> None:
    limits = provider_named(provider).limits
    assert limits.batch_bytes == megabytes * 1024 * 1024
    assert limits.batch_requests == requests
    assert limits.severity is Severity.WARNING
