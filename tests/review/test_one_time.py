"""One-time codes, against the numbers of RFC 6238's appendix B."""

import datetime

import pytest

from review import one_time
from tests.review.desk import NOON, Clock

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert one_time.code_at(SECRET, seconds // 30) == code
    now = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    assert one_time.matching(SECRET, code, now) == seconds // 30


def test_a_code_counts_half_a_minute_early_and_late_and_no_longer() -> None:
    middle = int(NOON.timestamp()) // 30
    clock = Clock()
    for counter in range(middle - 3, middle + 4):
        near = abs(counter - middle) <= 1
        found = one_time.matching(SECRET, one_time.code_at(SECRET, counter), clock.now)
        assert found == (counter if near else None)


@pytest.mark.parametrize("given", ["", "0", "x" * 6, "\u0661" * 6, "1" * 2000])
def test_what_is_no_code_is_none(given: str) -> None:
    assert one_time.matching(SECRET, given, NOON) is None


def test_a_secret_can_be_typed_and_taken_over() -> None:
    assert one_time.spelled(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    taken = one_time.address(SECRET, "ada", "Example Widgets, Inc.")
    assert taken.startswith("otpauth://totp/Example%20Widgets%2C%20Inc.:ada?secret=GEZDGNBV")
    assert len(one_time.new_secret()) == one_time.SECRET_SIZE
    assert one_time.new_secret() != one_time.new_secret()
