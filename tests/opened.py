"""Every test that opens a store says on which databases it holds.

Whoever writes a test of the drop, the book or the shred keys marks it `stores`, and it runs on both
databases, or `sqlite` with the reason why it is of that one alone. What a test opens is seen while
it runs, fixtures included, so nothing has to be listed here and no way to open a store is missed.
What a program that it starts opens is not seen here.
"""

import sys
from collections.abc import Generator

import pytest

SAYS = ("stores", "sqlite", "postgresql")
# Modules of before the rule, which still have to say. This only ever becomes smaller.
NOT_YET: frozenset[str] = frozenset()
# What a drill restores a backup into, wherever it was made of.
DRILL = "/underrose-drill-"
# Of the test that runs: the files of SQLite that were opened.
_opened: list[str] = []


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: whichever library opens a file of SQLite, it is told here."""
    if event == "sqlite3.connect" and arguments[0] != ":memory:":
        _opened.append(str(arguments[0]))


sys.addaudithook(_watch)


def complaint(marks: set[str], kind: str, opened: list[str]) -> str | None:
    """What is wrong with a test that opened these files, by its marks and database, or None."""
    if not opened:
        return None
    if not marks & set(SAYS):
        return f"opens {opened[0]} and must be marked stores, or sqlite with the reason"
    own = [path for path in opened if DRILL not in path]
    if kind == "postgresql" and "stores" in marks and own:
        return f"runs on PostgreSQL and opened {own[0]} all the same"
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    _opened.clear()
    return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    yield
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    marks = {mark.name for mark in item.iter_markers()}
    if item.path.relative_to(item.config.rootpath).as_posix() in NOT_YET:
        return
    wrong = complaint(marks, parameters.get("stores", "sqlite"), _opened)
    assert wrong is None, f"{item.nodeid} {wrong}"
