"""What all parts of the room share: the open account, and telling about it."""

import threading
import weakref
from collections.abc import Callable

from services.api.files_api import FilesApi
from services.system.cancellation import CancelToken
from services.system.events import Listener, SessionEvent


class OpenAccount:
    """The account of a session, as long as it is open. Thread-safe."""

    def __init__(
        self, listener: Listener, lock: "threading.RLock", get_api: Callable[[], FilesApi | None]
    ) -> None:
        """`lock` is held while an event is sent; `get_api` returns None once it is closed."""
        self._listener = listener
        self.lock = lock
        self._get_api = get_api
        self._tokens: weakref.WeakSet[CancelToken] = weakref.WeakSet()
        self._stopped = False

    @property
    def api(self) -> FilesApi | None:
        """None before it is open, and after it was closed or stopped."""
        return None if self._stopped else self._get_api()

    def new_token(self) -> CancelToken:
        """A token that `stop` cancels."""
        token = CancelToken()
        with self.lock:
            self._tokens.add(token)
            if self._stopped:
                token.cancel()
        return token

    def tell(self, event: SessionEvent) -> None:
        """Send an event, unless the account was closed."""
        with self.lock:
            if self._get_api() is not None:
                self._listener(event)

    def stop(self) -> None:
        """Cancel all work and start no more."""
        with self.lock:
            self._stopped = True
            for token in tuple(self._tokens):
                token.cancel()
