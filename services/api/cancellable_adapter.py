"""Makes requests use cancellable connections, with the certificates that a server may get."""

import functools
import ssl
from collections.abc import Callable
from typing import Any

import requests.adapters
import urllib3

from services.api.cancellable_connection import POOLS
from services.api.trust import tls_context
from services.providers.network import Network


class CancellableAdapter(requests.adapters.HTTPAdapter):
    """Makes a requests session use cancellable connections, directly or through a proxy.

    Like the session, it may only be used by one thread at a time. The system's certificates are
    loaded when the first connection needs them.
    """

    def __init__(self, network: Network, is_own_server: Callable[[str], bool]) -> None:
        """`is_own_server` says whether a URL's server may get the client certificate."""
        self._network = network
        self._is_own_server = is_own_server
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Create the pools; called by requests."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Create the pools for a proxy; called by requests."""
        if proxy.startswith("socks"):
            if proxy not in self.proxy_manager:
                self.proxy_manager[proxy] = urllib3.PoolManager(_socks_options={"url": proxy})
        elif proxy.startswith("https:"):
            kwargs["proxy_ssl_context"] = self._anonymous_tls
        if proxy not in self.proxy_manager:
            super().proxy_manager_for(proxy, **kwargs)
        manager = self.proxy_manager[proxy]
        manager.pool_classes_by_scheme = POOLS
        return manager

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        """Return how to connect; called by requests."""
        host: Any
        tls: Any
        host, tls = super().build_connection_pool_key_attributes(request, True, None)
        if host["scheme"] == "https":
            own = self._is_own_server(request.url or "")
            tls["ssl_context"] = self._own_tls if own else self._anonymous_tls
        return host, tls

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Add no certificates to those from `tls_context`; called by requests."""

    @functools.cached_property
    def _own_tls(self) -> ssl.SSLContext:
        return tls_context(self._network)

    @functools.cached_property
    def _anonymous_tls(self) -> ssl.SSLContext:
        if not self._network.client_certificate:
            return self._own_tls
        return tls_context(self._network, with_client_certificate=False)

    def close(self) -> None:
        """Close all connections now.

        urllib3 would wait until the last reference to its pools is gone, and an exception's
        traceback can hold one.
        """
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            for key in manager.pools.keys():  # noqa: SIM118 - it can't be iterated over
                pool = manager.pools.get(key)
                if pool is not None:
                    pool.close()
        super().close()
