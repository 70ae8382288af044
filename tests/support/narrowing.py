"""Say what a value is, and fail where it is something else."""

from typing import TypeVar

_T = TypeVar("_T")


def there(found: _T | None) -> _T:
    """What was found, which must not be nothing."""
    assert found is not None
    return found


def instance_of(kind: type[_T], found: object) -> _T:
    """What was found, which must be of this kind."""
    assert isinstance(found, kind)
    return found
