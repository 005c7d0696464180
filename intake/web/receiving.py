"""Takes in what a browser without scripts sends: files into the drop, then the sealed deposit.

The order is the promise. What can be refused is refused before the first file; files go to the
drop one sealed slice at a time, invisible; one last transaction makes the whole visible; only then
is there a code to show. Whatever breaks before that leaves nothing.
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from crypto import case
from crypto.errors import TooFewReaders, TooLong
from crypto.receipt import ReceiptCode
from crypto.recipient import Recipient
from crypto.roster import Roster
from intake import drop, sealing
from intake.deposits import Mailbox, Outcome, Submission
from intake.errors import AnswersRefused, HeadMoved, RosterMoved
from intake.mailbox import check_owner
from intake.sealing import Case, Files, Form
from intake.submission import Answers, Problem, read_follow_up, read_submission
from intake.upload import Body, Texts, files
from intake.web.forms import first
from intake.web.parts import Parts

# How often a follow-up makes room for another that arrived in the same moment.
_TRIES = 5

TOO_FEW = (
    "With all of these people left out, fewer than two could read this, so it cannot be sent "
    "here. You can take away a tick, or go straight to the SEC."
)


def has_arrived(parts: Parts, once: str) -> bool:
    """Whether this form was deposited before, its answer perhaps lost on the way."""
    with parts.reading() as connection:
        return drop.has_arrived(connection, once)


def submit(parts: Parts, roster: Roster, token: bytes, body: Body, texts: Texts) -> Outcome:
    """Deposit a submission under the code that belongs to its form token.

    Raises RosterMoved, AnswersRefused, FileRefused, BudgetSpent and what the drop raises.
    """
    form = Form(token, ReceiptCode.from_form_token(token, roster.installation), roster.installation)
    if has_arrived(parts, form.once):
        return Outcome.ALREADY
    answers = _answers(parts, roster, texts)
    parts.budgets.deposit()
    new = Case.draw()
    with _sealed_files(parts, new.recipient, body, texts) as sealed:
        submission = _seal(form, roster, new, answers, sealed, parts)
        with parts.writing() as connection:
            return drop.deposit_submission(connection, submission, parts.clock())


def _answers(parts: Parts, roster: Roster, texts: Texts) -> Answers:
    if first(texts.values, "roster") != roster.hash:
        raise RosterMoved("the form names a roster that is not the current one")
    reading = read_submission(texts.values, roster.ids, parts.settings.max_files)
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
) -> Submission:
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
        parts.budgets.slice()
        with parts.writing() as connection:
            drop.put_slice(connection, upload_id, index, envelope, parts.clock())

    try:
        attachments = sealing.seal_files(
            files(body, texts.first_file),
            recipient,
            keep,
            max_files=parts.settings.max_files,
            max_bytes=parts.settings.max_file_bytes,
        )
        yield Files(attachments, upload_id if attachments else None)
    except Exception:
        _discard(parts, upload_id)
        raise


def _discard(parts: Parts, upload_id: str) -> None:
    """Drop the slices of what was refused; a drop that cannot even do that expires them later."""
    try:
        with parts.writing() as connection:
            drop.discard_upload(connection, upload_id)
    except SQLAlchemyError:
        return


def find_mailbox(parts: Parts, form: Form) -> Mailbox:
    """The mailbox of a code. Raises UnknownMailbox, or DropAltered."""
    with parts.reading() as connection:
        mailbox = drop.read_mailbox(connection, form.mailbox_id)
    return check_owner(mailbox, form.code.keys(form.installation), form.installation)


def follow_up(parts: Parts, roster: Roster, form: Form, body: Body, texts: Texts) -> Outcome:
    """Deposit a follow-up for the people of the case and nobody else.

    Raises AnswersRefused, FileRefused, BudgetSpent, UnknownMailbox and what the drop raises.
    """
    mailbox = find_mailbox(parts, form)
    if has_arrived(parts, form.once):
        return Outcome.ALREADY
    answers, problems = read_follow_up(texts.values, parts.settings.max_files)
    if problems:
        raise AnswersRefused(problems)
    parts.budgets.deposit()
    recipient = Recipient.parse(mailbox.case_recipient)
    with _sealed_files(parts, recipient, body, texts) as sealed:
        for _ in range(_TRIES):
            try:
                return _add(parts, roster, form, str(answers["text"]), sealed)
            except HeadMoved:
                continue
    raise HeadMoved("other follow-ups keep arriving first")


def _add(parts: Parts, roster: Roster, form: Form, text: str, sealed: Files) -> Outcome:
    mailbox = find_mailbox(parts, form)
    deposit = sealing.seal_follow_up(form, roster, mailbox, text, sealed, parts.clock())
    with parts.writing() as connection:
        return drop.deposit_follow_up(connection, deposit, parts.clock())
