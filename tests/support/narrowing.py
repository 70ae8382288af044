"""Narrows the type of a value for the type checker, and fails the test if it is something else."""

from typing import TypeVar

_T = TypeVar("_T")


def not_none(value: _T | None) -> _T:
    """The value, which must not be None."""
    assert value is not None
    return value


def instance_of(kind: type[_T], value: object) -> _T:
    """The value, which must be an instance of this class."""
    assert isinstance(value, kind)
    return value


def now(value: _T) -> _T:
    """The value, for an assertion about an attribute that changes later in the same test.

    Otherwise the type checker assumes that what was asserted holds until the end of the test.
    """
    return value
