"""All files of one submission together: refused early and politely, counted as they come."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.padding import SLICE, slice_count
from intake.settings import Settings
from intake.upload import DRAIN_WORDS, TEXT_LIMIT
from intake.web.parts import EXTENSION, Parts
from intake.web.sealed import most_slices
from tests.intake.house import MULTIPART, House, environ, multipart

pytestmark = pytest.mark.stores

TOTAL = 2 << 20
WHAT = "What was seen in June."


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, INTAKE_MAX_TOTAL_BYTES=str(TOTAL))


class Watched(io.BytesIO):
    """A body that knows how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        self.taken += len(found)
        return found


def test_what_its_length_says_is_too_much_is_refused_before_its_files_are_read(
    house: House,
) -> None:
    fields = [("token", house.token()), ("roster", house.roster.hash), ("what", WHAT)]
    body = Watched(multipart(fields, [("june.bin", bytes(TOTAL + 3 * TEXT_LIMIT))]))
    length = len(body.getvalue())
    answer = house.client.post(
        "/form",
        input_stream=body,
        content_length=length,
        content_type=MULTIPART,
    )
    assert answer.status_code == 413
    assert "Together the files are bigger than 2 MB" in answer.text
    # What was typed comes back, with the name of the file to choose again.
    assert WHAT in answer.text
    assert "june.bin" in answer.text
    # Some of it is read so that the browser shows the answer, and nothing of that is kept.
    assert body.taken <= DRAIN_WORDS.size + 3 * TEXT_LIMIT < length
    assert (house.rows()["slices"], house.rows()["uploads"]) == ([], [])


def test_files_that_are_too_much_together_leave_nothing(house: House) -> None:
    files = [("one.bin", bytes(TOTAL // 2)), ("two.bin", bytes(TOTAL // 2 + 1))]
    answer = house.send(files, what=WHAT)
    assert answer.status_code == 413
    assert "Together the files are bigger than 2 MB" in answer.text
    assert WHAT in answer.text
    found = house.rows()
    assert (found["slices"], found["uploads"], found["deposits"]) == ([], [], [])


def test_files_that_are_just_enough_together_arrive(house: House) -> None:
    house.submit([("one.bin", bytes(TOTAL // 2)), ("two.bin", bytes(TOTAL // 2))], what=WHAT)
    (message,) = house.opened("chair")
    assert sum(each.size for each in message.attachments) == TOTAL


def test_the_page_says_the_total_to_people_and_to_scripts(house: House) -> None:
    for path in ("/form", "/follow-up"):
        page = house.client.get(path).text
        assert f'data-max-total-bytes="{TOTAL}"' in page
        assert "2 MB together" in page


@given(
    st.integers(1, 16),
    st.integers(1, 1 << 32),
    st.integers(1, 1 << 34),
    st.lists(st.integers(0, 1 << 32), max_size=16),
)
def test_no_files_within_the_limits_have_more_slices_than_are_taken(
    files: int, one: int, together: int, sizes: list[int]
) -> None:
    limits = {"FILES": files, "FILE_BYTES": one, "TOTAL_BYTES": together}
    given_to = environ(
        "sqlite:////tmp/x.db", **{f"INTAKE_MAX_{k}": str(v) for k, v in limits.items()}
    )
    settings = Settings.from_environ(given_to)
    chosen, left = 0, together
    for size in sizes[:files]:
        fits = min(size, one, left)
        chosen += slice_count(fits)
        left -= fits
    assert chosen <= most_slices(settings)


def test_ten_files_of_512_mebibytes_can_be_set(tmp_path: Path) -> None:
    house = House(
        tmp_path,
        INTAKE_MAX_FILES="10",
        INTAKE_MAX_FILE_BYTES=str(512 << 20),
        INTAKE_MAX_TOTAL_BYTES=str(10 * (512 << 20)),
    )
    parts: Parts = house.app.extensions[EXTENSION]
    assert most_slices(parts.settings) >= 10 * 512
    assert 10 * slice_count(512 * SLICE) <= most_slices(parts.settings)
