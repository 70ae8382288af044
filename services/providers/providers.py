"""The servers that the account dialog offers, and what is known about each.

Everything that differs between kinds of servers is data in this module; no other code checks which
kind it is.
"""

from dataclasses import dataclass, replace

from services.providers.limits import AZURE, GROQ, OFFICIAL, UNKNOWN, Limits
from services.providers.paging import LAST_ID, Cursor, Paging
from services.system.language import N_, _
from services.system.sizes import TB


@dataclass(frozen=True, slots=True)
class Provider:
    """A kind of server."""

    id: str
    english_name: str
    base_url: str
    """The dialog's default; the user replaces words in capitals."""
    key_header: str = "Authorization"
    """Where the key goes: `Authorization: Bearer KEY`, or a header with just the key."""
    english_key_hint: str = "sk-…"
    key_variable: str = "FILES_API_KEY"
    """The environment variable that scripts read the key from. Each service has its own, so that
    no script sends one service's key to another."""
    limits: Limits = UNKNOWN
    """The limits of its servers."""
    paging: Paging = LAST_ID
    """How the next page of a list is requested."""
    largest_page: int = 10_000
    """How many files to request per page; if a server refuses, smaller pages are tried."""
    uploads_a_minute: int | None = None
    """The most uploads that may start per minute; None if no limit is known."""
    storage: int | None = None
    """Storage limit of a project in bytes; None if no limit is known."""
    not_downloadable: frozenset[str] = frozenset()
    """Purposes whose files can't be downloaded, as far as observed."""

    @property
    def name(self) -> str:
        """Its name, translated."""
        return _(self.english_name)

    @property
    def key_hint(self) -> str:
        """The placeholder of the key field, translated."""
        return _(self.english_key_hint)


def _official(provider_id: str, name: str, base_url: str) -> Provider:
    """The official service, with the limits from its API reference.

    Which purposes can't be downloaded isn't documented; it was observed on the live service.
    """
    return Provider(
        provider_id,
        name,
        base_url,
        key_variable="OPENAI_API_KEY",
        limits=OFFICIAL,
        uploads_a_minute=1000,
        storage=5 * TB // 2,
        not_downloadable=frozenset({"assistants", "user_data"}),
    )


OPENAI = _official("openai", "OpenAI", "https://api.openai.com/v1")
OTHER = Provider(
    "other",
    N_("Another server"),
    "https://HOST/v1",
    english_key_hint=N_("as required by the server"),
)
SANDBOX = replace(
    _official("sandbox", N_("Sandbox"), "http://127.0.0.1/v1"), key_variable="FILES_API_KEY"
)

PROVIDERS: tuple[Provider, ...] = (
    OPENAI,
    _official("openai-us", "OpenAI (US)", "https://us.api.openai.com/v1"),
    _official("openai-eu", "OpenAI (EU)", "https://eu.api.openai.com/v1"),
    _official("openai-ae", "OpenAI (UAE)", "https://ae.api.openai.com/v1"),
    Provider(
        "azure",
        "Azure OpenAI (v1)",
        "https://RESOURCE.openai.azure.com/openai/v1",
        key_header="api-key",
        english_key_hint=N_("a key for the resource"),
        key_variable="AZURE_OPENAI_API_KEY",
        limits=AZURE,
    ),
    Provider(
        "groq",
        "Groq",
        "https://api.groq.com/openai/v1",
        english_key_hint="gsk_…",
        key_variable="GROQ_API_KEY",
        limits=GROQ,
    ),
    Provider(
        "mistral",
        "Mistral",
        "https://api.mistral.ai/v1",
        english_key_hint=N_("as required by the server"),
        key_variable="MISTRAL_API_KEY",
        paging=Paging(Cursor.NUMBER, "page", "page_size"),
        largest_page=100,
    ),
    Provider("litellm", "LiteLLM", "http://localhost:4000/v1", key_variable="LITELLM_API_KEY"),
    OTHER,
)

_BY_ID = {provider.id: provider for provider in (*PROVIDERS, SANDBOX)}


def provider_named(provider_id: str) -> Provider:
    """The provider with that ID, or `OTHER` if it's no longer known."""
    return _BY_ID.get(provider_id, OTHER)


def provider_for(base_url: str) -> Provider:
    """The provider with that base URL, or `OTHER`."""
    wanted = base_url.rstrip("/")
    return next((known for known in PROVIDERS if known.base_url == wanted), OTHER)
