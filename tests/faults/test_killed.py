"""Hundreds of deaths: processes killed at every step of everything that changes anything.

After each the programs start anew on what is there. Whoever had not heard that their words arrived
sends the same again, or every other time gives up. Two quiet days later everything that was
promised must be there exactly once, readable and provable, nothing else may be, and nothing of it
may be readable on the disk without a key. See tests.faults.forked for what a step and a moment are,
and tests.faults.judge for what is asked.
"""

import gc
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from tests.faults.deeds import SECRETS, Deed, begin, deeds
from tests.faults.forked import Clock, Ended, Kind, Say, at_once, in_child
from tests.faults.ground import Ground
from tests.faults.judge import judge, judge_files, verify_bundle

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sqlite("test_killed_on_postgres.py has a server"),
]

NAMES = (
    "a submission, scripts off",
    "the same with files",
    "a follow-up with a file, scripts off",
    "slices and a sealed submission",
    "a slice and a sealed follow-up",
    "a collection",
    "closing a day of the tally",
    "the ledger's first batch",
    "posting proofs",
    "reading a mailbox",
)
# Of each deed so many deaths, half of them at steps and the others at moments drawn by lot. With
# those over PostgreSQL (tests.faults.test_killed_on_postgres) they are a thousand.
DEATHS = 86
# After every eighth the whole ledger is verified as an auditor does.
AUDITED = 8


@dataclass
class Line:
    """What is told of one deed."""

    name: str
    steps: int = 0
    moments: int = 0
    deaths: int = 0
    sent_again: int = 0
    given_up: int = 0
    audited: int = 0


@dataclass
class Table:
    """What is told of all of them, at the end and in a file."""

    lines: list[Line] = field(default_factory=list)

    def text(self) -> str:
        """A line for each deed. That it is told at all means that nothing was lost."""
        head = ("what was killed", "steps", "moments", "kills", "again", "given up", "audited")
        found: list[tuple[str, ...]] = [head]
        for each in self.lines:
            numbers = (each.steps, each.moments, each.deaths, each.sent_again, each.given_up)
            found.append((each.name, *(str(number) for number in (*numbers, each.audited))))
        total = sum(each.deaths for each in self.lines)
        widths = f"{{:<38}}{'{:>9}' * 6}"
        lines = [widths.format(*row) for row in found]
        return "\n".join([*lines, f"killed {total} times; lost: nothing; twice: nothing"])


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    made = Table()
    yield made
    out = tmp_path_factory.getbasetemp() / "kills.txt"
    out.write_text(made.text() + "\n")
    print(f"\n{made.text()}\n{out}")


@dataclass(frozen=True)
class Yard:
    """A ground, and what can be done on it."""

    ground: Ground
    deeds: Mapping[str, Deed]


@pytest.fixture(scope="module")
def yards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Yard]]:
    """One for each of a small machine's cores."""
    # In memory where there is such a place: a process that dies leaves what it had written to the
    # kernel, whatever the disk, so waiting for one would try nothing more.
    memory = Path("/dev/shm")
    where = memory if memory.is_dir() else tmp_path_factory.getbasetemp()
    with tempfile.TemporaryDirectory(dir=where) as folder:
        made = [yard(Path(folder) / name) for name in ("left", "right")]
        gc.freeze()
        yield made
        gc.unfreeze()


def yard(folder: Path) -> Yard:
    folder.mkdir()
    ground = Ground(folder)
    begin(ground)
    return Yard(ground, {each.name: each for each in deeds(ground)})


def test_everything_that_is_done_is_killed(yards: list[Yard]) -> None:
    assert all(set(each.deeds) == set(NAMES) for each in yards)


@pytest.mark.parametrize("name", NAMES)
def test_killed_at_any_step_or_moment_nothing_is_lost_and_nothing_twice(
    yards: list[Yard], table: Table, name: str
) -> None:
    line = killed(yards, name, DEATHS, random.Random(name))
    assert line.deaths == DEATHS
    table.lines.append(line)


def killed(yards: list[Yard], name: str, deaths: int, rng: random.Random) -> Line:
    """Let a deed die so often, half of them on each yard, and judge what is there after each."""
    line = Line(name)
    line.steps, line.moments = counted(yards[0].ground, yards[0].deeds[name])
    steps = spread(rng, line.steps, deaths // 2)
    # More moments than are needed: a run may be over before the last ones come.
    moments = [rng.randrange(line.moments) for _ in range(2 * deaths)]
    half = len(yards)
    plans = [
        [*_plan("step", steps[at::half]), *_plan("moment", moments[at::half])] for at in (0, 1)
    ]
    works = [partial(_try, *each, name, deaths // half) for each in zip(yards, plans, strict=True)]
    for each in at_once(works):
        died, sent_again, given_up, audited = (int(number) for number in each.said)
        line.deaths += died
        line.sent_again += sent_again
        line.given_up += given_up
        line.audited += audited
    return line


def _plan(kind: Kind, places: Sequence[int]) -> list[tuple[Kind, int]]:
    return [(kind, at) for at in places]


def _try(yard: Yard, plan: Sequence[tuple[Kind, int]], name: str, deaths: int, say: Say) -> None:
    """One half of the deaths of a deed; says how many there were and what came after them."""
    line, ground, deed = Line(name), yard.ground, yard.deeds[name]
    for kind, at in plan:
        if line.deaths == deaths:
            break
        ground.put_back(deed.state)
        ended = in_child(partial(dying, ground, deed, kind, at))
        if ended.killed:
            line.deaths += 1
            after(ground, deed, line, ended)
    for number in (line.deaths, line.sent_again, line.given_up, line.audited):
        say(str(number))


def dying(ground: Ground, deed: Deed, kind: Kind, at: int, say: Say) -> None:
    _live(ground, deed, say, Clock(kind, at))


def counted(ground: Ground, deed: Deed) -> tuple[int, int]:
    """How many steps and moments a deed takes that nothing interrupts."""

    def work(say: Say) -> None:
        clock = Clock()
        _live(ground, deed, lambda _heard: None, clock)
        say(str(clock.counted["step"]))
        say(str(clock.counted["moment"]))

    ground.put_back(deed.state)
    steps, moments = in_child(work).said
    return int(steps), int(moments)


def spread(rng: random.Random, steps: int, count: int) -> list[int]:
    """Every step, or so many of them if there are more."""
    return list(range(steps)) if steps <= count else sorted(rng.sample(range(steps), count))


def _live(ground: Ground, deed: Deed, say: Say, clock: Clock) -> None:
    with ground.life() as life:
        deed.act(life, say)
    clock.stop()


def after(ground: Ground, deed: Deed, line: Line, ended: Ended) -> None:
    """Start again, let time go by, and judge."""
    heard = bool(ended.said)
    gives_up = deed.sending is not None and not heard and line.deaths % 2 == 0
    audited = line.deaths % AUDITED == 0

    def work(_say: Say) -> None:
        with ground.life() as life:
            if not gives_up:
                # Also when they had heard: a person may press the button again.
                deed.act(life, lambda _heard: None)
            problems = life.settle(*((1, 2) if audited else (2,)))
            judge(life, deed.promised(heard=not gives_up), problems)
            if audited:
                verify_bundle(life)
            judge_files(life, SECRETS)

    in_child(work)
    line.sent_again += deed.sending is not None and not gives_up
    line.given_up += gives_up
    line.audited += audited
