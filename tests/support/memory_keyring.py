"""In-memory keyrings that replace the system's own."""

import threading

import keyring.backend
import keyring.errors


class MemoryKeyring(keyring.backend.KeyringBackend):
    """Stores passwords in a dict."""

    # Not above 0, or keyring would chain it with the system's own.
    priority = 0.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.passwords: dict[tuple[str, str], str] = {}
        """By service and user."""

    def set_properties_from_env(self) -> None:
        """Not needed, and slow."""

    def get_password(self, service: str, username: str) -> str | None:
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        try:
            del self.passwords[service, username]
        except KeyError:
            raise keyring.errors.PasswordDeleteError("no such password") from None


class HangingKeyring(MemoryKeyring):
    """Blocks as if waiting for a password, until it is `unlocked`."""

    def __init__(self) -> None:
        super().__init__()
        self.prompted = threading.Event()
        self.unlocked = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.prompted.set()
        self.unlocked.wait(20)
        return super().get_password(service, username)
