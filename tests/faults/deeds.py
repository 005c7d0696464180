"""What people and timers do to an installation, each so that it can be done again after a death.

A browser whose request was never answered sends the same bytes again. A timer does the same as the
last time, at its next hour.
"""

import http.client
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import TestResponse

from crypto.receipt import ReceiptCode
from deploy.client import Answer, Client, File
from deploy.submitter import SealingSubmitter, Story
from tests import committee
from tests.browser import submitter as sealing
from tests.faults.forked import Say
from tests.faults.ground import DAY, Ground, Life, code_of_form
from tests.faults.judge import Said, Thread
from tests.intake.house import code_in
from tests.review.collecting import console
from tests.review.desk import sealed_form

WORDS = "CANARY-OF-WORDS: the numbers for June were moved."
MORE = "CANARY-OF-MORE: and those for July."
FILES = (b"CANARY-OF-A-FILE " * 4, b"CANARY-OF-ANOTHER " * 9000)
NAMES = ("canary-list.txt", "canary-book.bin")
TOKEN = committee.seed("token of a form")[:15]
ANOTHER_TOKEN = committee.seed("token of another form")[:15]
OLD = committee.seed("code of first")[:15]
# What a collection says that another, at the same time, was quicker than.
BESIDE = "was not done: IntegrityError"


class NotTaken(Exception):
    """A page says that what was sent is not there, or that nobody can tell."""


def check_taken(answer: TestResponse) -> None:
    """Return if something arrived. Raises NotTaken for a page that is in order all the same."""
    if answer.status_code in (500, 503):
        assert "Traceback" not in answer.text
        assert not re.search(r"data-receipt-code>[0-9A-Z]", answer.text)
        assert answer.mimetype != "text/html" or WORDS in answer.text or MORE in answer.text
        raise NotTaken
    assert answer.status_code in (200, 201, 204), answer.status_code


@dataclass(frozen=True)
class Deed:
    """Something that is done to a state of the installation, and the threads that are there."""

    name: str
    state: str
    act: Callable[[Life, Say], None]
    threads: tuple[Thread, ...]
    # Whose last message is the one that is being sent, if a message is.
    sending: int | None = None

    def promised(self, heard: bool) -> list[Thread]:
        """The threads, the one being sent unsure unless its sender heard that it arrived."""
        found = list(self.threads)
        if self.sending is not None and not heard:
            each = found[self.sending]
            found[self.sending] = Thread(each.code, each.said, sure=False)
        return found


@dataclass
class Recorder(Client):
    """A browser's requests: what reads is answered, what would change something is only kept."""

    life: Life
    requests: list[tuple[str, bytes, str]] = field(default_factory=list)
    port: int = 0
    cookies: dict[str, str] = field(default_factory=dict)

    def _request(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], expect: Any
    ) -> Answer:
        kind = headers.get("Content-Type", "")
        if path in ("/sealed/slices", "/sealed/submissions", "/sealed/follow-ups"):
            self.requests.append((path, body or b"", kind))
            return Answer(expect[0], http.client.HTTPMessage(), b"")
        answer = self.life.house.client.open(path, method=method, data=body, content_type=kind)
        return Answer(answer.status_code, http.client.HTTPMessage(), answer.data)


def send(life: Life, requests: Sequence[tuple[str, bytes, str]]) -> None:
    """Send what a browser had sealed; all of it again, if it was sent before."""
    for path, body, kind in requests:
        check_taken(life.house.client.post(path, data=body, content_type=kind))


def _browser_files() -> tuple[File, ...]:
    return tuple(File(n, "text/plain", c) for n, c in zip(NAMES, FILES, strict=True))


def _plain_files() -> list[tuple[str, bytes]]:
    return list(zip(NAMES, FILES, strict=True))


def begin(ground: Ground) -> None:
    """The states that deeds begin with, one after the other, kept under their names."""
    made = ground.installation
    first = made.submitter("first")
    first.submit({"what": WORDS}, files=[sealing.File(NAMES[0], "", FILES[0])])
    made.collect()
    ground.let_go()
    ground.keep("begun")
    desk = console(made)
    form = sealed_form(desk.app, first, "reply")
    assert desk.post(f"/cases/{first.case_id}/replies", form).status_code == 204
    first.follow_up(MORE, files=[sealing.File(NAMES[1], "", FILES[1])])
    made.submitter("second").submit({"what": WORDS}, files=[sealing.File(NAMES[1], "", FILES[1])])
    ground.let_go()
    ground.keep("waiting")
    with ground.life() as life:
        life.collect()
    ground.keep("collected")
    with ground.life() as life:
        life.batch()
    ground.keep("batched")
    with ground.life() as life:
        # So that every child finds compiled what it will ask.
        life.settle(2)


FIRST = Thread(ReceiptCode(OLD).text, (Said(WORDS, FILES[:1]),))
MORE_SAID = Said(MORE, FILES[1:])
BOTH = Thread(FIRST.code, (*FIRST.said, MORE_SAID))
SECOND = Thread(ReceiptCode(committee.seed("code of second")[:15]).text, (Said(WORDS, FILES[1:]),))


def deeds(ground: Ground) -> tuple[Deed, ...]:
    """Everything that is tried; made in the parent, done in children."""
    return (*_plain(), *_sealed(ground), *_jobs())


def _plain() -> tuple[Deed, ...]:
    code = code_of_form(TOKEN)

    def submit(files: list[tuple[str, bytes]]) -> Callable[[Life, Say], None]:
        def act(life: Life, say: Say) -> None:
            answer = life.house.send(files, token=TOKEN.hex(), what=WORDS)
            check_taken(answer)
            say(code_in(answer))

        return act

    def follow_up(life: Life, say: Say) -> None:
        files = _plain_files()[1:]
        answer = life.house.follow(FIRST.code, files, token=ANOTHER_TOKEN.hex(), text=MORE)
        check_taken(answer)
        assert "has arrived" in answer.text or "had already arrived" in answer.text
        say("added")

    alone, whole = Thread(code, (Said(WORDS),)), Thread(code, (Said(WORDS, FILES),))
    return (
        Deed("a submission, scripts off", "begun", submit([]), (FIRST, alone), 1),
        Deed("the same with files", "begun", submit(_plain_files()), (FIRST, whole), 1),
        Deed("a follow-up with a file, scripts off", "begun", follow_up, (BOTH,), 0),
    )


def _sealed(ground: Ground) -> tuple[Deed, ...]:
    ground.put_back("begun")
    with ground.life() as life:
        browser = Recorder(life)
        code = SealingSubmitter(browser).submit(Story({"what": WORDS}, files=_browser_files()))
        again = Recorder(life)
        SealingSubmitter(again).add(FIRST.code, MORE, _browser_files()[1:])

    def replay(requests: Sequence[tuple[str, bytes, str]], heard: str) -> Any:
        def act(life: Life, say: Say) -> None:
            send(life, requests)
            say(heard)

        return act

    whole = Thread(code, (Said(WORDS, FILES),))
    sent, added = replay(browser.requests, code), replay(again.requests, "added")
    return (
        Deed("slices and a sealed submission", "begun", sent, (FIRST, whole), 1),
        Deed("a slice and a sealed follow-up", "begun", added, (BOTH,), 0),
    )


def _jobs() -> tuple[Deed, ...]:
    def collect(life: Life, say: Say) -> None:
        for problem in life.collect():
            # Which is told once, and put right by the next that finds room or nobody beside it.
            assert problem.endswith("is the disk full?") or BESIDE in problem, problem
        say("collected")

    def batch(life: Life, say: Say) -> None:
        life.batch()
        say("signed")

    def close_day(life: Life, say: Say) -> None:
        life.close_days(committee.TODAY + DAY)
        say("closed")

    def read(life: Life, say: Say) -> None:
        answer = life.house.follow(FIRST.code, token=TOKEN.hex())
        if answer.status_code == 503:
            # To be opened first, even what is only read wants a file of its own beside it.
            raise NotTaken
        assert answer.status_code == 200
        say("read")

    everybody = (BOTH, SECOND)
    return (
        Deed("a collection", "waiting", collect, everybody),
        Deed("closing a day of the tally", "waiting", close_day, everybody),
        Deed("the ledger's first batch", "collected", batch, everybody),
        Deed("posting proofs", "batched", collect, everybody),
        Deed("reading a mailbox", "batched", read, everybody),
    )


# Of a file, enough to be nobody else's.
_START = 17
# Of what was sent, anything that could be read; of the codes, every form.
SECRETS = tuple(
    secret
    for code in (FIRST.code, SECOND.code, code_of_form(TOKEN))
    for secret in (
        code.encode(),
        code.replace("-", "").encode(),
        ReceiptCode.parse(code).raw,
        ReceiptCode.parse(code).raw.hex().encode(),
    )
) + (
    b"CANARY",
    WORDS.encode(),
    MORE.encode(),
    *(content[:_START] for content in FILES),
    *(name.encode() for name in NAMES),
    b"canary-",
    TOKEN,
    TOKEN.hex().encode(),
    ANOTHER_TOKEN,
    ANOTHER_TOKEN.hex().encode(),
)
