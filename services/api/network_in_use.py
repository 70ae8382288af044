"""The network of an account, with the password that isn't part of the settings."""

from collections.abc import Callable
from dataclasses import dataclass, field

from services.providers.network import DEFAULT_NETWORK, Network


@dataclass(frozen=True, slots=True)
class NetworkInUse:
    """How to reach an account's server."""

    network: Network = DEFAULT_NETWORK
    proxy_password: str = field(default="", repr=False)


FindNetwork = Callable[[], NetworkInUse]
"""Returns the network to use for the next request; may block, and raise FilesError."""
