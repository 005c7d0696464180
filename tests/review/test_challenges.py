"""A challenge is good for one purpose and one browser, and only for a while."""

import pytest

from review import challenges
from review.errors import WrongSignIn
from tests.review.desk import NOON, Clock

KEY = b"k" * 32


def test_a_challenge_is_good_where_it_was_made_until_its_end() -> None:
    made = challenges.make(KEY, challenges.ADD, "browser", NOON)
    end = int(NOON.timestamp()) + challenges.LIFE_SECONDS
    assert challenges.check(KEY, challenges.ADD, "browser", made, NOON) == end
    assert challenges.make(KEY, challenges.ADD, "browser", NOON) != made
    clock = Clock()
    clock.forward(seconds=challenges.LIFE_SECONDS - 1)
    assert challenges.check(KEY, challenges.ADD, "browser", made, clock.now) == end
    for seconds in (1, -challenges.LIFE_SECONDS - 1):
        clock.forward(seconds=seconds)
        with pytest.raises(WrongSignIn):
            challenges.check(KEY, challenges.ADD, "browser", made, clock.now)


def test_a_challenge_is_not_good_anywhere_else() -> None:
    """Attack: an answer got out of somebody for one thing and used for another."""
    made = challenges.make(KEY, challenges.ADD, "browser", NOON)
    wrong = [
        (b"x" * 32, challenges.ADD, "browser", made),
        (KEY, challenges.SIGN_IN, "browser", made),
        (KEY, challenges.ADD, "another", made),
        (KEY, challenges.ADD, "browser", b""),
        (KEY, challenges.ADD, "browser", made[:-1]),
        (KEY, challenges.ADD, "browser", made + b"x"),
        (KEY, challenges.ADD + "\nbrowser", "", made),
    ]
    for at in range(len(made)):
        changed = bytes([*made[:at], made[at] ^ 1, *made[at + 1 :]])
        wrong.append((KEY, challenges.ADD, "browser", changed))
    for key, purpose, browser, challenge in wrong:
        with pytest.raises(WrongSignIn):
            challenges.check(key, purpose, browser, challenge, NOON)
