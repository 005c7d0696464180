"""Ten thousand answers of the pages that know a secret, and what their sizes and times tell.

The attacker is given a better clock than anybody has: the processor time that this thread used, so
that nothing else on the machine blurs it. What a page holds back is added as it would pass. Where
another process does a part of the work, test_timing_on_postgres, it is the time that passes. See
tests.faults.telling for how times are compared.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from crypto.receipt import ReceiptCode
from intake import drop
from intake.web.even import STEP, Even
from intake.web.parts import EXTENSION, Parts, attach
from review.app import create_app
from review.settings import Settings
from tests import committee
from tests.browser.installation import Installation
from tests.faults.ground import PLENTY
from tests.faults.telling import Ask, by_chance, distance, sample, told_apart
from tests.intake.house import House
from tests.intake.web.test_sealed import read
from tests.review.desk import Desk, wind

pytestmark = [pytest.mark.slow, pytest.mark.sqlite("test_timing_on_postgres.py has a server")]

# With those over PostgreSQL, and both databases in one kind, they are ten thousand; what is
# suspected is asked as often again.
ANSWERS = {"page": 2_000, "mailbox": 1_500, "slip": 1_000, "case": 1_500}
_MEMORY = bytes(8 << 20)


@dataclass
class Watch:
    """The attacker's clock: the time of this thread, and what it was made to wait."""

    clock: Callable[[], float] = time.thread_time
    waited: float = 0.0
    even: Even = field(init=False)

    def __post_init__(self) -> None:
        self.even = Even(self.clock, self._wait)

    def _wait(self, seconds: float) -> None:
        self.waited += seconds
        begun = self.clock()
        # As others use the processor meanwhile, and leave nothing in its caches of what was done.
        sum(_MEMORY[::64])
        self.waited -= self.clock() - begun

    def time(self, act: Callable[[], TestResponse]) -> Ask:
        """How long the answer to an act takes, each time."""

        def ask() -> float:
            self.waited, begun = 0.0, self.clock()
            act()
            return self.clock() - begun + self.waited

        return ask


@dataclass
class Watched:
    """A house with mailboxes of every kind, and who watches it."""

    house: House
    watch: Watch
    codes: Mapping[str, str]

    def pages(self, codes: Mapping[str, str]) -> dict[str, Callable[[], TestResponse]]:
        """Reading without scripts, under each code."""
        token = self.house.token("/follow-up")

        def page(code: str) -> Callable[[], TestResponse]:
            return lambda: self.house.follow(code, token=token)

        return {name: page(code) for name, code in codes.items()}

    def mailboxes(self) -> dict[str, Callable[[], TestResponse]]:
        """Reading with scripts, under each code."""

        def mailbox(code: str) -> Callable[[], TestResponse]:
            lookup = ReceiptCode.parse(code).keys(committee.INSTALLATION).lookup.hex()
            return lambda: read(self.house, lookup)

        return {name: mailbox(code) for name, code in self.codes.items()}

    def told_apart(
        self, acts: Mapping[str, Callable[[], TestResponse]], answers: int
    ) -> dict[tuple[str, str], float]:
        """Which acts have answers of other sizes or times; sizes count as told apart wholly."""
        sizes = {name: len(act().data) for name, act in acts.items()}
        assert len(set(sizes.values())) == 1, sizes
        asks = {name: self.watch.time(act) for name, act in acts.items()}
        return told_apart(asks, answers // len(asks))


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    made = watched_in(tmp_path_factory.mktemp("watched"), Watch())
    yield made
    made.house.engine.dispose()


def watched_in(folder: Path, watch: Watch) -> Watched:
    """A house with mailboxes of every kind, whose answers are held as this clock says."""
    house = House(folder, None, **PLENTY)
    parts: Parts = house.app.extensions[EXTENSION]
    attach(house.app, replace(parts, even=watch.even))
    codes = {"unknown": ReceiptCode.draw().text, "also unknown": ReceiptCode.draw().text}
    codes["known"] = house.submit(files=[("a.txt", b"x")])
    codes["answered"] = house.submit()
    house.leave(codes["answered"], house.letter(codes["answered"], text="A reply."))
    codes["answered and proved"] = house.submit()
    code = codes["answered and proved"]
    first = house.letter(code, text="A reply.")
    house.leave(code, first, house.letter(code, first, text="Another."))
    box = house.mailbox(code)
    with drop.writing(house.engine) as connection:
        drop.post_proof(
            connection, box.id, 1, drop.seal_proof(b"proof", box.recipient), committee.TODAY
        )
    return Watched(house, watch, codes)


def test_a_reply_or_a_proof_that_waits_does_not_show_in_the_time_of_a_page(
    watched: Watched,
) -> None:
    """Attack: an observer who counts the time until the answer to somebody's code comes."""
    assert watched.told_apart(watched.pages(watched.codes), ANSWERS["page"]) == {}


def test_a_mailbox_that_exists_does_not_show_in_the_time_of_an_answer_to_scripts(
    watched: Watched,
) -> None:
    """Attack: somebody who tries lookup ids and counts the time."""
    assert watched.told_apart(watched.mailboxes(), ANSWERS["mailbox"]) == {}


def test_a_code_with_a_slip_takes_one_time_whether_or_not_the_right_one_is_known(
    watched: Watched,
) -> None:
    """Attack: a code with one wrong character, which no database is asked about."""
    slips = {name: _slip(code) for name, code in watched.codes.items()}
    acts = watched.pages(slips)
    assert {act().status_code for act in acts.values()} == {422}
    assert watched.told_apart(acts, ANSWERS["slip"]) == {}


def _slip(code: str) -> str:
    return ("1" if code[0] == "0" else "0") + code[1:]


def test_without_even_times_the_same_test_would_tell_a_full_mailbox(watched: Watched) -> None:
    """Attack on the test: what it must be able to see, which is many letters and not one."""
    house, watch = watched.house, Watch()
    codes, before = {"known": watched.codes["known"], "much": house.submit()}, None
    for _ in range(6):
        before = house.letter(codes["much"], before, text="A reply.")
        house.leave(codes["much"], before)
    parts: Parts = house.app.extensions[EXTENSION]
    attach(house.app, replace(parts, even=Even(wait=lambda _seconds: None)))
    try:
        acts = watched.pages(codes)
        found = sample({name: watch.time(act) for name, act in acts.items()}, 200, 1)
    finally:
        attach(house.app, parts)
    assert distance(*found.values()) > by_chance(200, 200)


def test_the_slowest_usual_answer_is_ready_long_before_its_step_ends(watched: Watched) -> None:
    acts = watched.pages({"it": watched.codes["answered and proved"]})
    watch, parts = Watch(), watched.house.app.extensions[EXTENSION]
    attach(watched.house.app, replace(parts, even=Even(wait=lambda _seconds: None)))
    try:
        found = sample({"it": watch.time(acts["it"])}, 20, 1)["it"]
    finally:
        attach(watched.house.app, parts)
    # The quickest of them: a busy machine makes any other slower, and proves nothing by it.
    assert min(found) < STEP / 2


def test_a_case_that_somebody_may_not_see_takes_the_time_of_one_that_is_not_there(
    tmp_path: Path,
) -> None:
    """Attack: a member named in a submission who tries the ids of cases and counts the time."""
    assert case_told_apart(tmp_path, Watch(), ANSWERS["case"]) == {}


def case_told_apart(folder: Path, watch: Watch, answers: int) -> dict[tuple[str, str], float]:
    """How well a case that somebody is left out of differs from one that is not there."""
    installation = Installation(folder)
    hidden = installation.submitter("of the hidden case")
    hidden.submit(excluded=["member-2"])
    installation.submitter("of another").submit()
    installation.collect()
    app = create_app(Settings.from_environ(installation.environment()), "interactive")
    wind(app)
    desk = Desk(app, "member-2")
    paths = {"hidden": f"/cases/{hidden.case_id}", "not there": f"/cases/{'ab' * 32}"}
    found = {name: desk.get(path) for name, path in paths.items()}
    assert len({(each.status_code, each.data) for each in found.values()}) == 1

    def page(path: str) -> Ask:
        return watch.time(lambda: desk.get(path))

    asks = {name: page(path) for name, path in paths.items()}
    told = told_apart(asks, answers // len(asks))
    installation.close()
    return told
