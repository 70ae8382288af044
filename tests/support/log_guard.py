"""Fails a test on log records at WARNING or above, unless it expects them."""

import logging
import re


class LogGuard(logging.Handler):
    """Collects the log records of one test."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._expected: list[str] = []
        self._lines: list[str] = []

    def __call__(self, pattern: str) -> None:
        """Expect records whose line (`logger: LEVEL: message`) matches the regular expression."""
        self._expected.append(pattern)

    def emit(self, record: logging.LogRecord) -> None:
        """Add a record; logging calls this on any thread."""
        line = f"{record.name}: {record.levelname}: {record.getMessage()}"
        if record.exc_info:
            line += "\n" + logging.Formatter().formatException(record.exc_info)
        self._lines.append(line)

    def complaints(self) -> list[str]:
        """Unexpected records, and expected ones that are missing."""
        unexpected = [
            f"unexpected log: {line}"
            for line in self._lines
            if not any(re.search(pattern, line) for pattern in self._expected)
        ]
        missing = [
            f"missing in the log: {pattern}"
            for pattern in self._expected
            if not any(re.search(pattern, line) for line in self._lines)
        ]
        return unexpected + missing
