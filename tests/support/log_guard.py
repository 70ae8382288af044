"""Makes log records at WARNING and above fail a test, unless it asked for them."""

import logging
import re


class LogGuard(logging.Handler):
    """Collects the records of one test."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._expected: list[str] = []
        self._lines: list[str] = []

    def __call__(self, pattern: str) -> None:
        """Expect records whose line (`logger: LEVEL: message`) has the regular expression."""
        self._expected.append(pattern)

    def emit(self, record: logging.LogRecord) -> None:
        """Note a record; called by logging on any thread."""
        line = f"{record.name}: {record.levelname}: {record.getMessage()}"
        if record.exc_info:
            line += "\n" + logging.Formatter().formatException(record.exc_info)
        self._lines.append(line)

    def complaints(self) -> list[str]:
        """What was logged unexpectedly, and what was expected in vain."""
        unexpected = [
            f"unexpected log: {line}"
            for line in self._lines
            if not any(re.search(pattern, line) for pattern in self._expected)
        ]
        missing = [
            f"expected in the log in vain: {pattern}"
            for pattern in self._expected
            if not any(re.search(pattern, line) for line in self._lines)
        ]
        return unexpected + missing
