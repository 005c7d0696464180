"""Takes in what a browser without scripts sends: files into the drop, then the sealed deposit.

The order is the promise. What can be refused is refused before the first file; files go to the
drop one sealed slice at a time, invisible; one last transaction makes the whole visible; only then
is there a code to show. Whatever breaks before that leaves nothing.
"""

import contextlib
import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from crypto import case
from crypto.errors import TooFewReaders, TooLong
from crypto.kept import Kept
from crypto.receipt import ReceiptCode
from crypto.recipient import Recipient
from crypto.roster import Roster
from intake import drop, sealing
from intake.deposits import Mailbox, Outcome, Receipt, Submission
from intake.errors import (
    AnswersRefused,
    FileRefused,
    HeadMoved,
    NoPlace,
    OutcomeUnknown,
    RosterMoved,
    UnknownMailbox,
)
from intake.mailbox import NOBODYS, check_owner, current_recipient
from intake.sealing import Addressed, Case, Files, Form
from intake.submission import Answers, Problem, read_follow_up, read_submission
from intake.upload import TEXT_LIMIT, Body, Texts, files
from intake.web.forms import first, price
from intake.web.parts import Parts
from intake.web.places import Place

# How often a follow-up makes room for another that arrived in the same moment.
_TRIES = 5

TOO_FEW = (
    "With all of these people left out, fewer than two could read this, so it cannot be sent "
    "here. You can take away a tick, or go straight to the SEC."
)


@dataclass(frozen=True)
class Taken:
    """What became of a form, and what there is for its sender to keep.

    Of a form that had arrived before, the words are not here any more.
    """

    receipt: Receipt
    kept: Kept | None = field(default=None, repr=False)

    @property
    def already(self) -> bool:
        """Whether the form had arrived before."""
        return self.receipt.outcome is Outcome.ALREADY


def arrived(parts: Parts, once: str) -> Receipt | None:
    """What was given for this form when it was deposited before, its answer perhaps lost."""
    with parts.reading() as connection:
        return drop.arrived(connection, once)


def submit(
    parts: Parts, newest: Roster, token: bytes, body: Body, texts: Texts, place: Place
) -> Taken:
    """Deposit a submission under the code that belongs to its form token.

    Raises RosterMoved, AnswersRefused, FileRefused, BudgetSpent and what the drop raises.
    """
    code = ReceiptCode.from_form_token(token, newest.installation)
    form = Form(token, code, newest.installation)
    with parts.turns.one():
        before = arrived(parts, form.once)
        if before is not None:
            return _already(before, texts, place)
        parts.rosters.check_day(newest, parts.clock())
        answers = _answers(parts, newest, texts)
        _before_files(parts, body, texts, place)
        parts.budgets.deposit(price(texts.values))
        new = Case.draw()
    # Files come as slowly as they like, so nobody has a turn meanwhile.
    with _sealed_files(parts, new.recipient, body, texts) as sealed:
        with parts.turns.one():
            submission, kept = _seal(form, newest, new, answers, sealed, parts)
            notary = parts.notary(newest)
            with parts.writing() as connection:
                receipt = drop.deposit_submission(connection, submission, parts.clock(), notary)
        return _taken(parts, receipt, kept, sealed)


def _already(before: Receipt, texts: Texts, place: Place) -> Taken:
    """The answer to a form that is there already; its files are read only if there is a place."""
    with contextlib.suppress(NoPlace):
        _take_place(texts, place)
    return Taken(before)


def _take_place(texts: Texts, place: Place) -> None:
    if texts.first_file is not None:
        place.take()


def _before_files(parts: Parts, body: Body, texts: Texts, place: Place) -> None:
    """Whatever could be in the way of files, before the first is read and a text is counted."""
    if texts.first_file is not None:
        _check_declared(parts.settings.max_total_bytes, body)
    _take_place(texts, place)
    if texts.first_file is not None:
        parts.reserve.check()
        parts.budgets.before_files()


def _check_declared(together: int, body: Body) -> None:
    """Refuse by its declared length what its files could only make too much. Raises FileRefused.

    Beside files a body has texts and the heads of its parts: what is within that room is counted
    when it comes.
    """
    if body.declared is not None and body.declared > together + 2 * TEXT_LIMIT:
        raise FileRefused(sealing.too_much(together))


def _taken(parts: Parts, receipt: Receipt, kept: Kept, sealed: Files) -> Taken:
    """What was taken in; when the same form came in twice at once, only the first of the two."""
    if receipt.outcome is Outcome.DEPOSITED:
        return Taken(receipt, kept)
    if sealed.upload_id is not None:
        discard(parts, sealed.upload_id)
    # The words were sealed under another nonce than those that are there.
    return Taken(receipt)


def _files_at_most(parts: Parts, texts: Texts) -> int:
    """How many files may follow the texts: their number is known only when they have come."""
    return 0 if texts.first_file is None else parts.settings.max_files


def _answers(parts: Parts, roster: Roster, texts: Texts) -> Answers:
    if first(texts.values, "roster") != roster.hash:
        raise RosterMoved("the form names a roster that is not the current one")
    reading = read_submission(texts.values, roster.ids, _files_at_most(parts, texts))
    problems = list(reading.problems)
    if not any(problem.field == "excluded" for problem in problems):
        try:
            case.choose_readers(roster, reading.answers.excluded)
        except TooFewReaders:
            problems.append(Problem("excluded", TOO_FEW))
    if problems:
        raise AnswersRefused(problems)
    return reading.answers


def _seal(
    form: Form, roster: Roster, new: Case, answers: Answers, sealed: Files, parts: Parts
) -> tuple[Submission, Kept]:
    try:
        return sealing.seal_submission(form, roster, new, answers, sealed, parts.clock())
    except TooLong:
        sentence = "This is too long. Please make it shorter, or choose fewer files."
        raise AnswersRefused([Problem("what", sentence)]) from None


@contextmanager
def _sealed_files(parts: Parts, recipient: Recipient, body: Body, texts: Texts) -> Iterator[Files]:
    """The form's files, sealed into the drop; gone again if the block does not deposit them."""
    upload_id = hashlib.sha256(secrets.token_bytes(16)).hexdigest()

    def keep(index: int, envelope: bytes) -> None:
        parts.reserve.check()
        parts.budgets.slice()
        # Promised when the deposit is, whose own transaction comes after all of these.
        with parts.writing(promised=False) as connection:
            drop.put_slice(connection, upload_id, index, envelope, parts.clock())

    try:
        attachments = sealing.seal_files(
            files(body, texts.first_file),
            recipient,
            keep,
            max_files=parts.settings.max_files,
            max_bytes=parts.settings.max_file_bytes,
            max_total=parts.settings.max_total_bytes,
        )
        yield Files(attachments, upload_id if attachments else None)
    except Exception:
        discard(parts, upload_id)
        raise


def discard(parts: Parts, upload_id: str) -> None:
    """Drop the slices that no deposit names; a drop that cannot even do that expires them later."""
    gone = False
    try:
        while not gone:
            with parts.writing() as connection:
                gone = drop.discard_upload(connection, upload_id)
    except (SQLAlchemyError, OutcomeUnknown):
        return


def look(parts: Parts, form: Form) -> Mailbox | None:
    """The mailbox of a code, or None, with the same work. Raises DropAltered."""
    with parts.reading() as connection:
        mailbox = drop.read_mailbox(connection, form.mailbox_id)
    check_owner(mailbox or NOBODYS, form.keys, form.installation)
    return mailbox


def find_mailbox(parts: Parts, form: Form) -> Addressed:
    """The mailbox of a code, and what is sealed to. Raises UnknownMailbox, or DropAltered."""
    mailbox = look(parts, form)
    if mailbox is None:
        raise UnknownMailbox("no mailbox has this id")
    with parts.reading() as connection:
        recipient = current_recipient(
            mailbox,
            form.keys,
            form.installation,
            lambda roster_hash: parts.rosters.named(connection, roster_hash),
        )
    return Addressed(mailbox, recipient)


def follow_up(parts: Parts, form: Form, body: Body, texts: Texts, place: Place) -> Taken:
    """Deposit a follow-up for the people of the case and nobody else.

    Raises AnswersRefused, FileRefused, BudgetSpent, UnknownMailbox and what the drop raises.
    """
    # Before the mailbox is looked for: what is wrong with a text is told whatever the code.
    answers, problems = read_follow_up(texts.values, _files_at_most(parts, texts))
    if problems:
        raise AnswersRefused(problems)
    recipient = find_mailbox(parts, form).recipient
    before = arrived(parts, form.once)
    if before is not None:
        return _already(before, texts, place)
    roster = parts.roster()
    _before_files(parts, body, texts, place)
    parts.budgets.deposit(price(texts.values))
    with _sealed_files(parts, recipient, body, texts) as sealed:
        for _ in range(_TRIES):
            try:
                addressed = find_mailbox(parts, form)
                _check_same_key(sealed, recipient, addressed.recipient)
                receipt, kept = _add(parts, roster, form, addressed, str(answers["text"]), sealed)
                return _taken(parts, receipt, kept, sealed)
            except HeadMoved:
                continue
    raise HeadMoved("other follow-ups keep arriving first")


def _check_same_key(sealed: Files, before: Recipient, now: Recipient) -> None:
    """Return unless files were sealed to a key whose place another has taken meanwhile.

    Whoever lost the case with the old key must not be able to open them. Raises FileRefused.
    """
    if sealed.attachments and before.text != now.text:
        raise FileRefused("Something changed while the files were on their way.")


def _add(
    parts: Parts, roster: Roster, form: Form, addressed: Addressed, text: str, sealed: Files
) -> tuple[Receipt, Kept]:
    with parts.turns.one():
        deposit, kept = sealing.seal_follow_up(form, roster, addressed, text, sealed, parts.clock())
        notary = parts.notary(roster)
        with parts.writing() as connection:
            return drop.deposit_follow_up(connection, deposit, parts.clock(), notary), kept
