"""Tell the type checker what a value is, or was; fail where it is something else."""

from typing import TypeVar

_T = TypeVar("_T")


def not_none(found: _T | None) -> _T:
    """What was found, which must not be nothing."""
    assert found is not None
    return found


def instance_of(kind: type[_T], found: object) -> _T:
    """What was found, which must be of this kind."""
    assert isinstance(found, kind)
    return found


def now(value: _T) -> _T:
    """The value, for a check of something that changes later in the same test.

    What is asserted of an attribute itself holds for the type checker until the end of the test.
    """
    return value
