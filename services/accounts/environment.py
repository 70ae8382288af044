"""The account from OPENAI_API_KEY and related variables; opened first and never stored."""

from collections.abc import Mapping

from services.providers.account import ENVIRONMENT_ID, Account, AccountKind
from services.providers.base_url import check_base_url
from services.providers.providers import provider_for, provider_with_key_in
from services.system.language import _

KEY_VARIABLE = "OPENAI_API_KEY"
"""The variable with the key, as in the official clients."""


def environment_account(environment: Mapping[str, str]) -> tuple[Account, str] | None:
    """The account and its key, or None if no key is set.

    Like the official clients, it reads OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_ORG_ID and
    OPENAI_PROJECT_ID.
    """
    key = _text(environment, KEY_VARIABLE)
    if not key:
        return None
    # Keep an invalid URL as it is: opening the account reports what is wrong with it.
    default = provider_with_key_in(KEY_VARIABLE)
    base_url = check_base_url(_text(environment, "OPENAI_BASE_URL")).url or default.base_url
    account = Account(
        id=ENVIRONMENT_ID,
        name=_("Environment"),
        provider_id=provider_for(base_url).id,
        base_url=base_url,
        organization=_text(environment, "OPENAI_ORG_ID"),
        project=_text(environment, "OPENAI_PROJECT_ID"),
        kind=AccountKind.ENVIRONMENT,
    )
    return account, key


def _text(environment: Mapping[str, str], name: str) -> str:
    """A variable; what isn't valid text becomes U+FFFD, which is refused like other wrong values."""
    # Python has lone surrogates for it, which nothing can encode.
    text = environment.get(name, "").strip()
    return text.encode(errors="surrogatepass").decode(errors="replace")
