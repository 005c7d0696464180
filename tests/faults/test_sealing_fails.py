"""Sealing that fails, at every recipient of everything that is sealed: nothing goes out in clear.

Attack 15, as in services that stored the plain text when encryption raised an error.
"""

import itertools
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from crypto.recipient import Recipient
from tests.intake.house import House, code_in

pytestmark = pytest.mark.stores

WORDS = "my words about June"
TOKEN = "5a" * 15
FILES = [("a.txt", b"x" * 70_000)]


class Failing:
    """A stand-in for wrapping a file's key, which fails at its nth recipient and from there on."""

    def __init__(self, at: int, error: type[Exception]) -> None:
        self._left = at
        self._error = error
        self._wrap = Recipient.wrap
        self.failed = False

    def __call__(self, recipient: Recipient, file_key: bytes) -> object:
        self._left -= 1
        if self._left < 0:
            self.failed = True
            raise self._error("no key today")
        return self._wrap(recipient, file_key)


def tried(
    house: House, send: Callable[[], TestResponse], error: type[Exception]
) -> tuple[int, TestResponse]:
    """At how many recipients it was let fail, and the answer when it failed at none."""
    before = house.rows()
    for at in itertools.count():
        failing = Failing(at, error)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Recipient, "wrap", lambda each, key, how=failing: how(each, key))
            answer = send()
        if not failing.failed:
            return at, answer
        assert answer.status_code in (500, 503)
        assert WORDS in answer.text
        assert "data-receipt-code>\n" not in answer.text
        assert "no key today" not in answer.text
        assert house.rows() == before
    raise AssertionError("it never ended")


@pytest.mark.parametrize("error", [ValueError, RuntimeError, MemoryError])
def test_when_sealing_fails_at_any_recipient_nothing_is_stored_and_the_words_come_back(
    house: House, error: type[Exception]
) -> None:
    times, answer = tried(house, lambda: house.send(FILES, token=TOKEN, what=WORDS), error)
    # The readers' grant, the routing, a slice and the message, at the least.
    assert times >= 4
    code = code_in(answer)
    more, answer = tried(
        house, lambda: house.follow(code, FILES, token="6b" * 15, text=WORDS), error
    )
    assert more >= 2
    assert "has arrived" in answer.text
    assert [each.n for each in house.deposits()] == [1, 2]
