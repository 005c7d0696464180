"""What sending costs under load: nothing is kept for it, and only our own stamps count."""

import hashlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.web.daykey import DayKey
from intake.web.price import PUZZLES, Price, Prices

TOKEN = bytes(15)
OTHER = b"\1" * 15


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def solved(stamp: str, bits: int) -> str:
    """The stamp with its solution, as the page's script finds it."""
    seed = hashlib.sha256(stamp.encode()).digest()
    found = b""
    for at in range(PUZZLES):
        for nonce in itertools.count():
            said = seed + bytes([at]) + nonce.to_bytes(4, "big")
            if int.from_bytes(hashlib.sha256(said).digest(), "big") >> (256 - bits) == 0:
                found += nonce.to_bytes(4, "big")
                break
    return f"{stamp}-{found.hex()}"


def test_a_stamp_gets_older_and_belongs_to_one_form() -> None:
    clock = Clock()
    prices = Prices(DayKey(), clock)
    stamp = prices.stamp(TOKEN)
    clock.now += 20
    assert prices.age(Price(TOKEN, stamp)) == 20
    assert prices.age(Price(OTHER, stamp)) is None


def test_a_form_that_comes_back_under_a_new_token_has_waited_as_long() -> None:
    clock = Clock()
    prices = Prices(DayKey(), clock)
    stamp = prices.stamp(TOKEN)
    clock.now += 20
    after = prices.stamp(OTHER, after=Price(TOKEN, stamp))
    assert prices.age(Price(OTHER, after)) == 20
    assert prices.age(Price(OTHER, prices.stamp(OTHER, after=Price(TOKEN, "forged")))) == 0


def test_nobody_makes_a_stamp_older() -> None:
    prices = Prices(DayKey(), Clock())
    made, _, mac = prices.stamp(TOKEN).partition("-")
    assert prices.age(Price(TOKEN, f"{int(made, 16) - 60:x}-{mac}")) is None
    assert prices.age(Price(TOKEN, f"0{made}-{mac}")) is None


def test_a_stamp_of_yesterday_or_of_another_host_is_worth_nothing() -> None:
    prices = Prices(DayKey(), Clock())
    assert prices.age(Price(TOKEN, Prices(DayKey(), Clock()).stamp(TOKEN))) is None


def test_a_solution_holds_for_its_stamp_and_its_bits() -> None:
    prices = Prices(DayKey(), Clock())
    stamp = prices.stamp(TOKEN)
    paid = solved(stamp, 6)
    assert prices.age(Price(TOKEN, paid)) == 0
    assert prices.is_solved(Price(TOKEN, paid), 6)
    assert not prices.is_solved(Price(TOKEN, paid), 12)
    assert not prices.is_solved(Price(TOKEN, stamp), 6)
    other = prices.stamp(OTHER)
    assert not prices.is_solved(Price(OTHER, other + paid[len(stamp) :]), 6)


def test_one_puzzle_left_out_is_no_solution() -> None:
    prices = Prices(DayKey(), Clock())
    stamp = prices.stamp(TOKEN)
    nonces = solved(stamp, 8)[len(stamp) + 1 :]
    for at in range(PUZZLES):
        wrong = nonces[: 8 * at] + "ffffffff" + nonces[8 * at + 8 :]
        if prices.is_solved(Price(TOKEN, f"{stamp}-{wrong}"), 8):
            # By chance, one time in 256.
            continue
        break
    else:
        pytest.fail("every wrong solution was taken")


@given(st.text(max_size=300))
def test_any_text_is_a_price_or_worth_nothing(text: str) -> None:
    prices = Prices(DayKey(), Clock())
    assert prices.age(Price(TOKEN, text)) is None
    assert not prices.is_solved(Price(TOKEN, text), 1)


def test_a_stamp_says_nothing_but_when_it_was_made() -> None:
    clock = Clock()
    prices = Prices(DayKey(), clock)
    first, second = prices.stamp(TOKEN), prices.stamp(OTHER)
    assert first.partition("-")[0] == second.partition("-")[0] == f"{int(clock.now):x}"
    assert TOKEN.hex() not in first
