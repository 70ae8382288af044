"""Exceptions for responses that are abandoned because they are too slow or too large."""

LONGEST_RESPONSE = 300.0
"""Seconds from the first byte of a response to the last."""


class ResponseTooSlow(TimeoutError):
    """The server keeps sending, but the response doesn't finish in time."""


class ResponseTooLarge(OSError):
    """The response is larger than any valid one could be."""
