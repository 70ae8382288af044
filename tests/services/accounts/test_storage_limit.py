from dataclasses import replace

import pytest

from services.accounts.storage_limit import storage_limit_of
from services.providers.account import AccountKind
from services.providers.official import SANDBOX
from services.providers.provider import Provider
from services.providers.providers import PROVIDERS
from services.system.sizes import GB, TB
from tests.support.factories import account

OFFICIAL = 2 * TB + 500 * GB


@pytest.mark.parametrize("provider", [*PROVIDERS, SANDBOX], ids=lambda provider: provider.id)
def test_few_services_have_a_known_storage_limit(provider: Provider) -> None:
    limit = storage_limit_of(account(provider_id=provider.id))
    official = provider.id.startswith("openai") or provider is SANDBOX
    theirs = {"dashscope": 100 * GB, "moonshot": 10 * GB}
    assert limit == (OFFICIAL if official else theirs.get(provider.id.partition("-")[0]))


def test_the_users_limit_applies_to_any_provider() -> None:
    for provider_id in ("openai", "litellm", "gone"):
        theirs = replace(account(provider_id=provider_id), storage_limit=100 * GB)
        assert storage_limit_of(theirs) == 100 * GB


def test_an_impossible_limit_is_ignored() -> None:
    assert storage_limit_of(replace(account(provider_id="other"), storage_limit=-1)) is None
    assert storage_limit_of(replace(account(provider_id="openai"), storage_limit=0)) == OFFICIAL


def test_the_environment_account_has_its_providers_limit() -> None:
    kind = AccountKind.ENVIRONMENT
    assert storage_limit_of(account(provider_id="openai", kind=kind)) == OFFICIAL
    assert storage_limit_of(account(provider_id="other", kind=kind)) is None
