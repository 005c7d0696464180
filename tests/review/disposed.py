"""Two who wrote to an installation, and what the front door says and does about their codes.

One has sent everything without scripts and the other with them; each got a reply and a proof. What
they ask again after the end of their cases is asked with a code that was never given, too.
"""

import datetime
import gc
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from crypto import age, case
from crypto.receipt import ReceiptCode
from crypto.recipient import throwaway
from intake.mailbox import Sent, open_receipts
from tests import committee
from tests.browser.installation import Installation
from tests.intake.house import House, code_in, without_comments
from tests.intake.test_attacks import calls
from tests.intake.web.test_sealed import follow_up, form, post, submission
from tests.review import ending, ledgers

SLICE = 65536
DRAWN = re.compile(rb'"(token|price)" value="[\w-]+"')
CODE = re.compile(rb"(?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}")
# A file to keep: a statement, or words with a nonce of their own.
LINK = re.compile(rb'href="data:[^"]*"')


@dataclass(frozen=True)
class Sender:
    """Somebody with a code, the forms that they have sent, and one that they have not.

    token is that of an answered follow-up form; submission the form that made the code, for the
    page or for a script; upload is the secret of an upload's name, known to its sender alone.
    """

    code: str
    token: str
    submission: Mapping[str, Any]
    answered: Mapping[str, Any]
    unsent: Mapping[str, Any]
    upload: str

    @property
    def lookup(self) -> str:
        """What a script shows of the code."""
        return lookup_of(self.code)

    def stranger(self) -> "Sender":
        """The same, but for a code and an upload that nobody was ever given."""
        code = ReceiptCode.draw().text
        upload = hashlib.sha256(code.encode()).hexdigest()[:32]
        lookup = lookup_of(code)
        answered, unsent = ({**each, "lookup": lookup} for each in (self.answered, self.unsent))
        return Sender(code, self.token, self._new(upload), answered, unsent, upload)

    def _new(self, upload: str) -> Mapping[str, Any]:
        if "lookup" in self.submission:
            made = submission(form(bytes.fromhex(upload)[:15]))
            return {**made, "upload": upload, "slices": "1"}
        return {**self.submission, "token": upload[:30]}


@dataclass(frozen=True)
class Seen:
    """An answer, and all that somebody could measure or find of the work behind it.

    asked are the statements and what each did, rows what each table has more than before, work
    every function of ours that was called.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    asked: tuple[tuple[str, int], ...]
    rows: Mapping[str, int]
    work: tuple[str, ...]


def lookup_of(code: str) -> str:
    """What a script shows of a code."""
    return ReceiptCode.parse(code).keys(committee.INSTALLATION).lookup.hex()


Deed = Callable[[House, Sender], TestResponse]


def send_slice(house: House, sender: Sender) -> TestResponse:
    """One slice of an attachment."""
    envelope = age.seal(bytes(SLICE), [throwaway()])
    fields = {"upload": sender.upload, "index": "0", "envelope": envelope}
    return post(house, "slices", fields)


def _naming(sender: Sender) -> dict[str, Any]:
    return {**sender.unsent, "upload": sender.upload, "slices": "1"}


# What one can ask with a code, by what it is. Tokens are the same for all codes.
DEEDS: dict[str, Deed] = {
    "the page": lambda house, by: house.follow(by.code, token="0a" * 15),
    "a message by the page": lambda house, by: house.follow(by.code, token="0b" * 15, text="more"),
    "a file by the page": lambda house, by: house.follow(
        by.code, [("page.txt", b"Order 4711\n")], token="0c" * 15, text="more"
    ),
    "nothing by the page": lambda house, by: house.follow(by.code, token="0d" * 15, text=" "),
    "an answered form by the page": lambda house, by: house.follow(
        by.code, token=by.token, text="It happened again"
    ),
    "letters and proofs for a script": lambda house, by: post(
        house, "mailbox", {"lookup": by.lookup, "act": "read"}
    ),
    "where a script would add": lambda house, by: post(
        house, "mailbox", {"lookup": by.lookup, "act": "send"}
    ),
    "a message by a script": lambda house, by: post(house, "follow-ups", {**by.unsent}),
    "an answered form by a script": lambda house, by: post(house, "follow-ups", {**by.answered}),
    "a slice by a script": send_slice,
    "the slice again": send_slice,
    "a message that names the slice": lambda house, by: post(house, "follow-ups", _naming(by)),
}


def send_submission(house: House, sender: Sender) -> TestResponse:
    """The form that made a code, with its file."""
    if "lookup" not in sender.submission:
        return house.send([("page.txt", b"Order 4711\n")], **sender.submission)
    assert send_slice(house, sender).status_code == 204
    return post(house, "submissions", {**sender.submission})


def door(installation: Installation, today: datetime.date) -> House:
    """The public service of an installation, newly started on a day, that never has enough."""
    budgets = dict.fromkeys(("DEPOSITS", "FORM", "MAILBOX", "READS", "SLICES"), "10000/hour")
    settings = {f"INTAKE_BUDGET_{name}": value for name, value in budgets.items()}
    day = today.isoformat()
    return House(installation.folder, None, INTAKE_TODAY=day, **settings)


def written(house: House) -> tuple[Sender, Sender]:
    """Two who sent a submission and a follow-up, without and with scripts; with a file each."""
    page = {"token": "5a" * 15}
    code = code_in(house.send([("page.txt", b"Order 4711\n")], **page))
    token, upload = "5b" * 15, "5ec2e7" * 5 + "00"
    assert house.follow(code, token=token, text="It happened again").status_code == 200
    scripted = form(b"\x07" * 15)
    first = {**submission(scripted), "upload": upload, "slices": "1"}
    begun = Sender(scripted.code.text, token, first, {}, {}, upload)
    assert send_submission(house, begun).status_code == 201
    second = {**follow_up(house, scripted), "token": "08" * 15}
    assert post(house, "follow-ups", second).status_code == 201
    third = {**follow_up(house, scripted), "token": "09" * 15}
    plain = {**third, "lookup": lookup_of(code)}
    return (
        Sender(code, token, page, plain, plain, "77" * 16),
        Sender(scripted.code.text, token, first, second, third, upload),
    )


def answered(installation: Installation, house: House, *senders: Sender) -> None:
    """The committee takes in what waits, writes to each, and the ledger gives the proofs."""
    installation.collect()
    for each in senders:
        house.leave(each.code, house.letter(each.code, text="Thank you. When was it?"))
    ledgers.batch(installation)
    assert installation.collect().proofs == 2 * len(senders)


def case_of(house: House, sender: Sender) -> str:
    """The id of a sender's case."""
    return case.case_id(house.mailbox(sender.code).case_recipient)


def saved(house: House, sender: Sender) -> tuple[Sent, ...]:
    """What a sender can save: a proof and perhaps a statement of each message."""
    keys = ReceiptCode.parse(sender.code).keys(committee.INSTALLATION)
    return open_receipts(house.mailbox(sender.code), keys)


def dispose_of(installation: Installation, *case_ids: str) -> None:
    """Keep cases to the end of their time, approve by two that they go, and let them go."""
    for each in case_ids:
        ending.retain(installation, each)
    ending.approved(installation, *case_ids)
    assert ending.execute(installation).gone == len(case_ids)


def seen(house: House, sender: Sender, deed: Deed) -> Seen:
    """What a deed shows, without what is drawn anew for every answer."""
    answers: list[TestResponse] = []
    before = sizes(house)
    with asking(house.app.extensions["intake"].engine) as asked:
        called = calls(lambda: answers.append(deed(house, sender)))
    # Counts are swept every few seconds, whatever comes.
    work = tuple(each for each in called if not each.startswith("intake.web.local."))
    (answer,) = answers
    more = {name: size - before[name] for name, size in sizes(house).items()}
    body = LINK.sub(_size, CODE.sub(b"", DRAWN.sub(b"", without_comments(answer.data))))
    if answer.status_code == HTTPStatus.CREATED:
        # A statement, with a nonce and a signature.
        body = b"%d" % len(body)
    headers = tuple((name, value) for name, value in answer.headers if name != "Date")
    return Seen(answer.status_code, headers, body, tuple(asked), more, work)


def _size(found: re.Match[bytes]) -> bytes:
    return b"%d" % len(found[0])


@contextmanager
def undisturbed() -> Iterator[None]:
    """No collection of garbage within the block, which would close in it what was left before."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def sizes(house: House) -> dict[str, int]:
    """How many rows each table of the drop has."""
    return {name: len(found) for name, found in house.rows().items()}


@contextmanager
def asking(engine: Engine) -> Iterator[list[tuple[str, int]]]:
    """Every statement within the block with the number of its rows, and where transactions end."""
    found: list[tuple[str, int]] = []

    def asked(_connection: object, cursor: Any, statement: str, *_: object) -> None:
        found.append((statement, cursor.rowcount))

    def ended(what: str) -> Callable[[object], None]:
        return lambda _connection: found.append((what, 0))

    listeners: list[tuple[str, Callable[..., None]]] = [("after_cursor_execute", asked)]
    listeners += [(what, ended(what)) for what in ("begin", "commit", "rollback")]
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield found
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)
