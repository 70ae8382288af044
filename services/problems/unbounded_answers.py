"""Answers that are given up because they take too long or are too large."""

LONGEST_ANSWER = 300.0
"""Seconds from the first byte of an answer to the last."""


class AnswerTooSlow(TimeoutError):
    """The server keeps sending, but the answer does not come to its end."""


class AnswerTooLarge(OSError):
    """The answer is larger than one of its kind can be."""
