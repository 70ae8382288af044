"""Recognizes by what apt-get and pip say that they find no network."""

from __future__ import annotations

import re

UNREACHABLE = "The package servers can't be reached. Is there no network?"

_WORDS = re.compile(
    r"Temporary failure|[Cc]ould not (resolve|connect)|Unable to connect|[Cc]annot initiate"
    r"|Name or service not known|nodename nor servname|getaddrinfo failed|NameResolutionError"
    r"|NewConnectionError|Failed to establish|ConnectTimeout|[Cc]onnection timed out"
    r"|unreachable|No route to host"
)


class Said:
    """Takes what a tool says line by line, and tells the person at once of a missing network."""

    def __init__(self) -> None:
        self.text = ""
        self.unreachable = False

    def __call__(self, line: str) -> None:
        """Take the next line."""
        self.text += line
        if not self.unreachable and _WORDS.search(line):
            self.unreachable = True
            print(f"{UNREACHABLE} Still trying.", flush=True)
