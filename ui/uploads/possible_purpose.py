"""Suggests only purposes that the server has."""

from collections.abc import Sequence
from dataclasses import replace

from services.disk.local_file import LocalFile
from services.providers.purposes import Purpose, suffix_of


def with_possible_purpose(file: LocalFile, purposes: Sequence[Purpose]) -> LocalFile:
    """The file with its suggested purpose, or else the first one that accepts its extension.

    A purpose for the same files under another name is preferred.
    """
    for purpose in purposes:
        if purpose.name == file.suggested_purpose:
            return file
        if purpose.official_name == file.suggested_purpose:
            return replace(file, suggested_purpose=purpose.name)
    ending = suffix_of(file.name).lower()
    fitting = (one for one in purposes if not one.suffixes or ending in one.suffixes)
    return replace(file, suggested_purpose=next(fitting, purposes[0]).name, reason="")
