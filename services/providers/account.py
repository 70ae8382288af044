"""An account: a server and the identity used there. Never holds the key."""

from dataclasses import dataclass
from enum import Enum


class AccountKind(Enum):
    """Where an account comes from."""

    STORED = "stored"
    """Made in the account dialog; kept in the settings, its key in the keyring."""
    ENVIRONMENT = "environment"
    """From OPENAI_API_KEY and related variables; never stored."""
    SANDBOX = "sandbox"
    """The server inside the program."""


SANDBOX_ID = "sandbox"
ENVIRONMENT_ID = "environment"


@dataclass(frozen=True, slots=True)
class Account:
    """Everything the program needs to use a server, apart from the key."""

    id: str
    name: str
    """What the person calls it: “Acme · Research”."""
    provider_id: str
    """The id of one of `providers.PROVIDERS`."""
    base_url: str
    """With the version, without a slash at the end: https://api.openai.com/v1."""
    organization: str = ""
    project: str = ""
    kind: AccountKind = AccountKind.STORED
    storage_limit: int | None = None
    """Bytes that the account can hold, as the person set it; None for the provider's own, if any."""
