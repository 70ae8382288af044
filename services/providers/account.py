"""An account: a server and the identity used there. Never contains the key."""

from dataclasses import dataclass
from enum import Enum

from services.providers.network import Network


class AccountKind(Enum):
    """Where an account comes from."""

    STORED = "stored"
    """Created in the account dialog; stored in the settings, with its key in the keyring."""
    ENVIRONMENT = "environment"
    """From OPENAI_API_KEY and related variables; never stored."""
    SANDBOX = "sandbox"
    """The built-in server."""


SANDBOX_ID = "sandbox"
ENVIRONMENT_ID = "environment"


@dataclass(frozen=True, slots=True)
class Account:
    """Everything the program needs to use a server, apart from the key."""

    id: str
    name: str
    """The name that the user gave it: “Acme · Research”."""
    provider_id: str
    """The ID of one of `providers.PROVIDERS`."""
    base_url: str
    """Includes the version, without a trailing slash: https://api.openai.com/v1."""
    organization: str = ""
    project: str = ""
    kind: AccountKind = AccountKind.STORED
    storage_limit: int | None = None
    """Storage limit in bytes, set by the user; None to use the provider's, if it has one."""
    network: Network | None = None
    """How to reach the server; None for the default of all accounts, which is in the settings."""
    color: str = ""
    """The name of the color that the user chose; empty if none was chosen. Names that the program
    doesn't know count as empty."""
    production: bool = False
    """Whether the user marked it as one where mistakes are costly: deletes ask for its name."""
