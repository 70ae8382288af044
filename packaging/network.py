"""Detects a missing network from the output of apt-get and pip."""

from __future__ import annotations

import re

UNREACHABLE = "The package servers can't be reached. Check your network connection."

_WORDS = re.compile(
    r"Temporary failure|[Cc]ould not (resolve|connect)|Unable to connect|[Cc]annot initiate"
    r"|Name or service not known|nodename nor servname|getaddrinfo failed|NameResolutionError"
    r"|NewConnectionError|Failed to establish|ConnectTimeout|[Cc]onnection timed out"
    r"|unreachable|No route to host"
)


class ToolOutput:
    """Collects a tool's output line by line, and reports a missing network at once."""

    def __init__(self) -> None:
        self.text = ""
        self.unreachable = False

    def __call__(self, line: str) -> None:
        """Add the next line."""
        self.text += line
        if not self.unreachable and _WORDS.search(line):
            self.unreachable = True
            print(f"{UNREACHABLE} Still trying…", flush=True)
