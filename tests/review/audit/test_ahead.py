import threading
from collections.abc import Iterator

import pytest

from review.audit.ahead import read_ahead


def test_items_come_in_their_order() -> None:
    with read_ahead(range(1000)) as items:
        assert list(items) == list(range(1000))


def test_nothing_comes_of_nothing() -> None:
    nothing: list[int] = []
    with read_ahead(nothing) as items:
        assert list(items) == []


def test_what_making_an_item_raises_comes_after_the_items_before_it() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise LookupError("gone")

    with read_ahead(broken()) as items:
        assert next(items) == 1
        with pytest.raises(LookupError, match="gone"):
            next(items)


def test_only_a_few_items_are_made_in_advance() -> None:
    made: list[int] = []

    def counted() -> Iterator[int]:
        for number in range(1000):
            made.append(number)
            yield number

    with read_ahead(counted()) as items:
        assert next(items) == 0
    assert len(made) < 30


def test_the_thread_is_gone_when_nobody_wants_more() -> None:
    before = threading.active_count()
    with read_ahead(range(1000)) as items:
        next(items)
    assert threading.active_count() == before
