"""No test opens a store without saying on which databases it holds."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests import opened

FILE = ["drop.db"]


@pytest.mark.parametrize("says", opened.SAYS)
def test_what_says_so_may_open_a_file(says: str) -> None:
    assert opened.complaint({says, "slow"}, "sqlite", FILE) is None


def test_what_opens_nothing_need_say_nothing() -> None:
    assert opened.complaint(set(), "sqlite", []) is None


def test_what_opens_a_file_and_says_nothing_is_named() -> None:
    assert "must be marked" in (opened.complaint({"slow"}, "sqlite", FILE) or "")


def test_half_a_test_of_postgresql_that_used_a_file_is_named() -> None:
    assert "all the same" in (opened.complaint({"stores"}, "postgresql", FILE) or "")


def test_a_drill_may_restore_into_files_whatever_database_was_backed_up() -> None:
    assert opened.complaint({"stores"}, "postgresql", ["/tmp/underrose-drill-a/book.db"]) is None


@pytest.mark.sqlite("it opens one itself")
def test_a_file_that_is_opened_is_seen_and_a_memory_is_not(tmp_path: Path) -> None:
    with closing(sqlite3.connect(":memory:")):
        assert opened._opened == []
    with closing(sqlite3.connect(tmp_path / "drop.db")):
        assert opened._opened == [str(tmp_path / "drop.db")]


def test_nothing_is_left_that_still_has_to_say() -> None:
    assert frozenset() == opened.NOT_YET
