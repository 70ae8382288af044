"""Lets several test processes share all tests: each takes one module after the other.

    pytest -p tests.support.shared_run --share=FOLDER
    pytest -p tests.support.shared_run --share=FOLDER --from-the-end

`FOLDER` is empty at first and the same for all processes. A process creates a file in it for each module
it takes, so no other process takes that one, and all end at about the same time. A module is only
imported by the process that takes it. If one begins at the end, it also uses modules that the other
has compiled.
"""

from collections.abc import Generator, Iterable, Iterator
from pathlib import Path

import pytest


class SharedModule(pytest.Module):
    """A module whose tests are collected only once it has been taken."""

    is_taken = False

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Return what is in the module; nothing before it has been taken."""
        if self.is_taken:
            return super().collect()
        self.config.stash[_MODULES].append(self)
        return []


_MODULES = pytest.StashKey[list[SharedModule]]()
"""All modules, in the order in which this process looks for one that isn't taken."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the two options."""
    group = parser.getgroup("share")
    group.addoption("--share", type=Path, metavar="FOLDER", help="take modules noted in FOLDER")
    group.addoption("--from-the-end", action="store_true", help="take the last modules first")


def pytest_configure(config: pytest.Config) -> None:
    """Begin with no modules."""
    config.stash[_MODULES] = []


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """Collect the tests of a module later."""
    option = parent.config.option
    if option.share is None or option.collectonly:
        return None  # as without this plugin
    return SharedModule.from_parent(parent, path=module_path)


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
    if not session.config.stash[_MODULES] or session.testsfailed:
        return None  # as without this plugin
    items = _taken(session, session.config.getoption("share"))
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


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Let a process succeed for which the others left nothing."""
    modules = session.config.stash[_MODULES]
    had_none = bool(modules) and not any(module.is_taken for module in modules)
    if had_none and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK


def _taken(session: pytest.Session, folder: Path) -> Iterator[pytest.Item]:
    for module in session.config.stash[_MODULES]:
        note = folder / "-".join(module.path.relative_to(session.config.rootpath).parts)
        try:
            note.touch(exist_ok=False)
        except FileExistsError:
            continue
        module.is_taken = True
        yield from _collected(session, module)


def _collected(session: pytest.Session, module: SharedModule) -> list[pytest.Item]:
    """The tests of a module. One that can't be imported counts as a failed test."""
    report = module.ihook.pytest_make_collect_report(collector=module)
    items = [item for node in report.result for item in session.genitems(node)]
    module.ihook.pytest_collectreport(report=report)
    session.config.hook.pytest_collection_modifyitems(
        session=session, config=session.config, items=items
    )
    session.items += items
    session.testscollected += len(items)
    return items
