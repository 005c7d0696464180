"""A disk that is full: from the beginning, from any step on, and for the commands of a timer.

What makes it full is a limit on the size of every file that the process writes, which any process
may set for itself; where this machine lets us, also a small disk with a large file on it.
"""

import errno
import random
import resource
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache, partial
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from intake.database import file_of
from intake.errors import OutcomeUnknown
from tests.faults.deeds import SECRETS, Deed, NotTaken, begin, deeds
from tests.faults.forked import Clock, Say, in_child
from tests.faults.ground import Ground
from tests.faults.judge import judge, judge_files, verify_bundle
from tests.faults.test_killed import NAMES
from tests.intake.house import File, House, code_in
from tests.intake.web.test_sealed import form, post, put_slice, read, submission

pytestmark = pytest.mark.sqlite("the file's disk; a server's own is not this program's to fill")

WORDS = "my words about June"
TOKEN = "5a" * 15
ROOM = 6 << 20
FILES: list[File] = [("list.txt", b"CANARY " * 30_000)]
# Of each deed, spread over all of it; a killed process is tried far more often than a full disk.
STEPS = 6


@contextmanager
def limited() -> Iterator[None]:
    """Let no file be written; nobody else's, and no page that was written before, is touched."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def _filled(folder: Path) -> Iterator[None]:
    """Fill the disk on which the folder is."""
    large = folder / "filling"
    with large.open("wb", buffering=0) as file:
        size = 1 << 16
        while size:
            try:
                file.write(bytes(size))
            except OSError as full:
                assert full.errno == errno.ENOSPC  # noqa: PT017 - any other is not what we made
                size //= 2
    try:
        yield
    finally:
        large.unlink()


@contextmanager
def _disk(folder: Path, size: int) -> Iterator[bool]:
    """Put a disk of this size on a folder; false where nobody lets us."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        there = subprocess.run(command, capture_output=True).returncode == 0
    except FileNotFoundError:
        there = False
    try:
        yield there
    finally:
        if there:
            # Whatever a test that does not hold still has open.
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


@cache
def _may_mount() -> bool:
    with tempfile.TemporaryDirectory() as folder, _disk(Path(folder), ROOM) as there:
        return there


@pytest.fixture(params=["limit", *(["disk"] if _may_mount() else [])])
def small(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[House, str]]:
    """A house on a small disk, or on any."""
    with _disk(tmp_path, ROOM) if request.param == "disk" else nullcontext(True) as there:
        assert there
        house = House(tmp_path, INTAKE_DISK_RESERVE="0")
        # A roster's number is kept when it is first seen; else it would not be relied on.
        house.token()
        yield house, request.param
        close(house)


def close(house: House) -> None:
    house.engine.dispose()
    house.app.extensions["intake"].engine.dispose()


def full(house: House, kind: str) -> AbstractContextManager[None]:
    """The disk of a house, full for a while."""
    return _filled(file_of(house.url).parent) if kind == "disk" else limited()


def check_refused(answer: TestResponse) -> None:
    assert answer.status_code in (500, 503)
    assert WORDS in answer.text
    assert "data-receipt-code>\n" not in answer.text


@pytest.mark.parametrize("files", [[], FILES], ids=["words", "files"])
def test_on_a_full_disk_nothing_is_taken_in_and_the_words_come_back(
    small: tuple[House, str], files: list[File]
) -> None:
    house, kind = small
    before = house.rows()
    with full(house, kind):
        check_refused(house.send(files, token=TOKEN, what=WORDS))
        assert post(house, "submissions", submission(form())).status_code in (500, 503)
        assert put_slice(house, 0).status_code in (500, 503)
        # Whoever only reads is served as ever.
        assert house.client.get("/").status_code == 200
        assert house.client.get("/form").status_code == 200
        assert read(house, "0" * 32).status_code == 200
    assert house.rows() == before
    code = house.send(files, token=TOKEN, what=WORDS)
    assert code_in(code) == code_in(house.send(files, token=TOKEN, what=WORDS))
    assert len(house.deposits()) == 1


def test_a_follow_up_on_a_full_disk_comes_back_with_its_words(small: tuple[House, str]) -> None:
    house, kind = small
    code = house.submit()
    with full(house, kind):
        check_refused(house.follow(code, FILES, token=TOKEN, text=WORDS))
    assert "has arrived" in house.follow(code, FILES, token=TOKEN, text=WORDS).text
    assert len(house.deposits()) == 2


@pytest.mark.parametrize("reserve", [8 << 20] if _may_mount() else [])
def test_a_file_that_would_fill_the_disk_is_given_up_before_and_leaves_room_for_words(
    tmp_path: Path, reserve: int
) -> None:
    """Attack: files until the disk is so full that not even a deletion can be written."""
    with _disk(tmp_path, 4 * reserve) as there:
        assert there
        house = House(tmp_path, INTAKE_DISK_RESERVE=str(reserve))
        before = house.rows()
        large: list[File] = [("large.bin", b"CANARY " * (5 << 20))]
        for _ in range(3):
            answer = house.send(large, token=TOKEN, what=WORDS)
            assert answer.status_code == 429
            assert WORDS in answer.text
        assert house.rows() == before
        assert code_in(house.send(token=TOKEN, what=WORDS))
        close(house)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    made = Ground(tmp_path_factory.mktemp("ground"))
    begin(made)
    return made


@pytest.fixture(scope="module")
def known(ground: Ground) -> tuple[Deed, ...]:
    return deeds(ground)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_disk_that_is_full_from_any_step_on_loses_nothing_and_keeps_nothing_twice(
    ground: Ground, known: tuple[Deed, ...], name: str
) -> None:
    (deed,) = (each for each in known if each.name == name)
    ground.put_back(deed.state)
    steps = int(in_child(partial(_count, ground, deed)).said[0])
    for at in sorted(random.Random(deed.name).sample(range(steps), min(steps, STEPS))):
        ground.put_back(deed.state)
        heard = in_child(partial(_fill_up, ground, deed, at)).said
        in_child(partial(_go_on, ground, deed, bool(heard)))


def _count(ground: Ground, deed: Deed, say: Say) -> None:
    clock = Clock("step", 1 << 40)
    with ground.life() as life:
        deed.act(life, lambda _heard: None)
    say(str(clock.counted["step"]))


def _fill_up(ground: Ground, deed: Deed, at: int, say: Say) -> None:
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    Clock("step", at, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard)))
    with ground.life() as life:
        try:
            deed.act(life, say)
        except (NotTaken, DBAPIError, OutcomeUnknown, OSError):
            return


def _go_on(ground: Ground, deed: Deed, heard: bool, _say: Say) -> None:
    """There is room again; whoever did not hear that it arrived gives up or sends it again."""
    with ground.life() as life:
        if deed.sending is None or not heard:
            deed.act(life, lambda _heard: None)
        problems = life.settle(1, 2)
        judge(life, deed.promised(heard=True), problems)
        verify_bundle(life)
        judge_files(life, SECRETS)
