"""The batch, killed at every single step, and two at once: nothing forks, nothing is lost."""

import datetime
import os
import subprocess
import sys
import textwrap
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from crypto import checkpoint
from crypto.cosignature import Signer
from crypto.note import Note
from review import ledger as keeping
from review.errors import LedgerMoved, LedgerRefused
from review.kept import KeptCheckpoint
from review.ledger import Keeper, continue_ledger, run_batch
from tests.review.keeping import DAY, KEEPER, NOON, SECOND, House, house
from tests.stores import here

pytestmark = pytest.mark.stores


class Killed(BaseException):
    """The process ended here; no handler of an exception sees it."""


@pytest.fixture
def book(tmp_path: Path) -> Iterator[House]:
    yield from house(tmp_path)


class DyingKept(KeptCheckpoint):
    """A kept checkpoint whose keeper can end before and after writing it."""

    def __init__(self, path: Path, step: Callable[[], None]) -> None:
        super().__init__(path)
        self._step = step

    @contextmanager
    def held(self) -> Iterator[Callable[[Note], None]]:
        with super().held() as keep:

            def write(note: Note) -> None:
                self._step()
                keep(note)
                self._step()

            self._step()
            yield write


class DyingSigner(Signer):
    """A signer whose process can end when the signature is made and not kept yet."""

    step: Callable[[], None]

    def sign(self, *arguments: object) -> object:  # type: ignore[override]
        """Sign, and perhaps no more than that."""
        made = super().sign(*arguments)  # type: ignore[arg-type]
        self.step()
        return made


def dying(book: House, signer: Signer, step: Callable[[], None]) -> Keeper:
    """A keeper that calls step between any two things that stay."""
    ending = DyingSigner(signer.name, signer.seed)
    object.__setattr__(ending, "step", step)
    event.listen(book.engine, "commit", lambda _connection: step())
    event.listen(book.engine, "before_cursor_execute", _changing(step))
    return Keeper(book=book.engine, signer=ending, kept=DyingKept(book.kept, step))


def _changing(step: Callable[[], None]) -> Callable[..., None]:
    def changing(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            step()

    return changing


def deaths(tmp_path: Path, work: Callable[[Keeper], object], signer: Signer) -> Iterator[House]:
    """A house after a death at each step of the work, one after the other."""
    # On a server, where a house takes long to build, after some of them.
    for allowed in range(0, 1_000, 3 if here().on_postgresql else 1):
        folder = tmp_path / f"after-{allowed}"
        folder.mkdir()
        prepared = House(folder)
        prepared.act(3)
        prepared.batch()
        prepared.act(4)
        prepared.close()
        left = iter(range(allowed))

        def step(left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise Killed

        victim = House(folder)
        ended = True
        try:
            work(dying(victim, signer, step))
        except Killed:
            ended = False
        finally:
            victim.close()
        after = House(folder)
        yield after
        after.close()
        if ended:
            return


def told(house: House, *numbers: int) -> Counter[str]:
    return Counter(each.type for number in numbers for each in house.entries(number))


def test_killed_at_any_step_and_run_again_everything_is_signed_once(tmp_path: Path) -> None:
    count = 0
    for after in deaths(tmp_path, lambda keeper: run_batch(keeper, DAY, NOON), KEEPER):
        count += 1
        kept = after.kept_note()
        after.batch()
        after.audit()
        assert told(after, 1)["case.moved"] == 7
        assert told(after, 1)["rules.adopted"] == 1
        assert len(after.chain()) == 7
        # What somebody may have seen of the one that died is one of those that are in the book.
        notes = [head.note for head in after.heads()]
        assert kept in notes
        assert after.kept_note() == notes[-1]
        assert len({checkpoint.parse(note.text).size for note in notes}) == len(notes)
    assert count > (5 if here().on_postgresql else 15)


def test_a_batch_that_got_no_further_than_its_entries_is_signed_as_one_of_its_own_day(
    book: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.act(2)
    with monkeypatch.context() as patch:
        patch.setattr(keeping, "_sign", lambda *_, **__: None)
        book.batch()
    next_day = DAY + datetime.timedelta(days=1)
    book.act(2)
    book.batch(next_day)
    assert [(head.size, head.on) for head in book.heads()] == [(16, DAY), (32, next_day)]
    days = [each.on for each in book.entries() if each.type == "cover"]
    assert days == [DAY] * 13 + [next_day] * 14
    book.audit()


def test_killed_while_continuing_and_run_again_one_ledger_follows(tmp_path: Path) -> None:
    def work(keeper: Keeper) -> object:
        return continue_ledger(keeper, DAY, NOON)

    count = 0
    for after in deaths(tmp_path, work, SECOND):
        count += 1
        after.signer = SECOND
        if after.row().number == 1:
            continue_ledger(after.keeper(), DAY, NOON)
        after.batch()
        after.audit(SECOND, number=2)
        assert after.row().number == 2
        assert told(after, 1, 2)["case.moved"] == 7
        assert told(after, 1, 2)["ledger.continued"] == 1
        assert after.entries(2)[0].type == "ledger.continued"
        assert len(after.chain()) == 7
    assert count > (5 if here().on_postgresql else 15)


def test_what_was_appended_and_never_signed_is_taken_along(
    book: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is lost after a batch that got no further than its entries."""
    book.act(3)
    book.batch()
    book.act(5)
    with monkeypatch.context() as patch:
        patch.setattr(keeping, "_sign", lambda *_, **__: None)
        book.batch()
    assert (book.row().size, book.heads()[-1].size) == (32, 16)
    book.act(1)
    continue_ledger(book.keeper(SECOND), DAY, NOON)
    assert told(book, 2) == {
        "ledger.continued": 1, "rules.adopted": 1, "case.moved": 6, "cover": 8,
    }  # fmt: skip
    assert book.entries(2)[0].data["size"] == 16
    assert len(book.chain()) == 9
    book.audit(SECOND, number=2)


def test_two_batches_in_threads_without_a_lock_make_one_ledger(book: House) -> None:
    """Attack: a timer and a person at once, with nothing between them but the files."""
    book.act(40)
    refused: list[Exception] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for _ in range(5):
            try:
                book.batch()
            except LedgerMoved as problem:
                refused.append(problem)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    book.audit()
    assert refused == []
    assert told(book, 1)["case.moved"] == 40
    assert told(book, 1)["rules.adopted"] == 1
    assert book.heads()[-1].size == book.row().size
    assert book.kept_note() == book.heads()[-1].note


PROGRAM = textwrap.dedent("""
    import sys
    from pathlib import Path
    from tests.review.keeping import House

    house = House(Path(sys.argv[1]), url=sys.argv[2])
    sys.stdout.write("ready\\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for _ in range(5):
        house.act(3)
        house.batch()
    house.close()
""")


def test_two_batches_in_processes_make_one_ledger(book: House, repository: Path) -> None:
    book.close()
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(book.folder), book.url],
            cwd=repository,
            env={**os.environ, "PYTHONPATH": str(repository)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    for program in programs:
        program.communicate(timeout=120)
        assert program.returncode == 0
    after = House(book.folder)
    after.audit()
    assert told(after, 1)["case.moved"] == 30
    assert told(after, 1)["rules.adopted"] == 1
    assert len(after.chain()) == 30
    assert after.heads()[-1].size == after.row().size
    after.close()


def test_two_who_continue_at_once_make_one_ledger(book: House) -> None:
    book.batch()
    outcomes: list[str] = []
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        try:
            continue_ledger(book.keeper(SECOND), DAY, NOON)
        except LedgerRefused as problem:
            outcomes.append(str(problem))
        else:
            outcomes.append("")

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("") == 1
    assert book.row().number == 2
    book.audit(SECOND, number=2)
