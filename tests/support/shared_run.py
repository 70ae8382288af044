"""Lets several test processes share all tests: each takes one module after the other.

    pytest -p tests.support.shared_run --share=FOLDER
    pytest -p tests.support.shared_run --share=FOLDER --from-the-end

`FOLDER` is empty at first and the same for all processes. A process creates a file in it for each module
it takes, so no other process takes that one, and all end at about the same time. If one begins at
the end, it also uses modules that the other has compiled.
"""

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the two options."""
    group = parser.getgroup("share")
    group.addoption("--share", type=Path, metavar="FOLDER", help="take modules noted in FOLDER")
    group.addoption("--from-the-end", action="store_true", help="take the last modules first")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Reverse the order of folders and modules, but not that of the tests in a module."""
    report = yield
    if collector.config.getoption("from_the_end") and isinstance(collector, pytest.Directory):
        report.result.reverse()
    return report


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run the tests of all modules that no other process has taken."""
    folder = session.config.getoption("share")
    if folder is None or session.config.option.collectonly or session.testsfailed:
        return None  # as without this module
    items = _taken(session, folder)
    item = next(items, None)
    while item is not None:
        following = next(items, None)  # decides which fixtures are kept
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        item = following
    return True


def _taken(session: pytest.Session, folder: Path) -> Iterator[pytest.Item]:
    ours: dict[Path, bool] = {}
    for item in session.items:
        if item.path not in ours:
            note = folder / "-".join(item.path.relative_to(session.config.rootpath).parts)
            try:
                note.touch(exist_ok=False)
                ours[item.path] = True
            except FileExistsError:
                ours[item.path] = False
        if ours[item.path]:
            yield item
