"""What the server seals in memory is what a browser would have sealed, and says so."""

import hashlib
import io
from collections.abc import Iterator

import pytest

from crypto import age, case, message, padding
from crypto.errors import TooFewReaders, TooLong, WrongIdentity
from crypto.identity import Identity
from crypto.message import Message, open_envelope
from crypto.receipt import ReceiptCode
from crypto.recipient import Recipient
from intake.deposits import Mailbox, Submission
from intake.errors import FileRefused
from intake.sealing import (
    Addressed,
    Case,
    Files,
    Form,
    draw_commitment,
    seal_files,
    seal_follow_up,
    seal_submission,
)
from intake.submission import Answers, read_submission
from intake.upload import Body, Part
from tests import committee
from tests.intake.test_upload import TYPE, encoded

TOKEN = bytes(range(15))
FORM = Form(
    TOKEN, ReceiptCode.from_form_token(TOKEN, committee.INSTALLATION), committee.INSTALLATION
)
NEW = Case.draw(lambda size: committee.seed("a case")[:size])
ROSTER = committee.roster()


def answers(*excluded: str, what: str = "The numbers for June were moved.") -> Answers:
    return read_submission({"what": [what], "excluded": excluded}, ROSTER.ids, 10).answers


def sealed(*excluded: str, files: Files | None = None) -> Submission:
    done = seal_submission(FORM, ROSTER, NEW, answers(*excluded), files or Files(), committee.TODAY)
    return done[0]


def opened(submission: Submission) -> Message:
    return open_envelope(submission.envelope, Identity.from_seed(NEW.seed))


def parts(*files: tuple[str, bytes]) -> Iterator[Part]:
    data = encoded([("files", content, name) for name, content in files])
    return iter(Body(io.BytesIO(data), TYPE))


def kept_files(*files: tuple[str, bytes]) -> tuple[Files, dict[int, bytes]]:
    kept: dict[int, bytes] = {}

    def keep(index: int, envelope: bytes) -> None:
        assert index not in kept
        kept[index] = envelope

    attachments = seal_files(
        parts(*files), NEW.recipient, keep, max_files=10, max_bytes=1 << 30, max_total=1 << 30
    )
    return Files(attachments, "u" * 64), kept


def test_the_message_says_that_the_server_sealed_it() -> None:
    found = opened(sealed())
    assert found.sealed_in == "server"
    assert found.body["what"] == "The numbers for June were moved."
    assert (found.on, found.lang, found.roster) == (committee.TODAY, "en", ROSTER.hash)


def test_every_reader_opens_the_grant_and_nobody_else() -> None:
    submission = sealed()
    for reader in ("chair", "member-1", "member-2", "alternate"):
        assert case.open_grant(submission.grant, committee.identity(reader)) == NEW.seed
    with pytest.raises(WrongIdentity):
        case.open_grant(submission.grant, committee.identity("counsel"))


def test_an_excluded_reader_cannot_open_it_and_the_size_does_not_tell() -> None:
    submission = sealed("chair", "finance")
    with pytest.raises(WrongIdentity):
        case.open_grant(submission.grant, committee.identity("chair"))
    assert case.open_grant(submission.grant, committee.identity("member-1")) == NEW.seed
    assert opened(submission).excluded == ("chair", "finance")
    open_to_all = sealed()
    assert len(submission.grant) == len(open_to_all.grant) == case.grant_size(5)
    assert len(submission.routing) == len(open_to_all.routing)


def test_the_routing_tells_the_collector_whom_not_to_show_it() -> None:
    routing = case.open_routing(sealed("chair").routing, committee.identity("routing"))
    assert (routing.roster, routing.excluded) == (ROSTER.hash, ("chair",))


def test_too_few_readers_stop_it_before_anything_is_sealed() -> None:
    with pytest.raises(TooFewReaders):
        sealed("chair", "member-1", "member-2", "alternate")


def test_the_same_token_gives_the_same_code_mailbox_and_once() -> None:
    again = Form(
        TOKEN, ReceiptCode.from_form_token(TOKEN, committee.INSTALLATION), committee.INSTALLATION
    )
    assert (again.once, again.mailbox_id) == (FORM.once, FORM.mailbox_id)
    first, second = sealed(), sealed()
    assert (first.once, first.mailbox_id, first.mailbox) == (
        second.once,
        second.mailbox_id,
        second.mailbox,
    )


def test_neither_form_nor_case_shows_its_secret() -> None:
    shown = repr((FORM, NEW, answers(what="secret words")))
    for secret in (FORM.code.text, TOKEN.hex(), repr(TOKEN), repr(NEW.seed), "secret words"):
        assert secret not in shown


def test_the_mailbox_record_is_the_submitters() -> None:
    submission = sealed()
    key = opened(submission).submitter_key
    assert key is not None
    record = case.MailboxRecord(
        committee.INSTALLATION,
        submission.mailbox_id,
        submission.case_recipient,
        1,
        submission.case_signature,
    )
    case.check_mailbox(record, key)


def test_files_come_back_as_they_were() -> None:
    contents = {
        "empty.txt": b"",
        "small.bin": bytes(range(256)),
        "large.bin": bytes(3 << 20) + b"end",
    }
    files, kept = kept_files(*contents.items())
    identity = Identity.from_seed(NEW.seed)
    assert files.slices == len(kept) == 1 + 1 + 4
    for attachment in opened(sealed(files=files)).attachments:
        indexes = range(attachment.first, attachment.first + attachment.count)
        slices = [age.open_sealed(kept[index], [identity]) for index in indexes]
        assert b"".join(attachment.content(slices)) == contents[attachment.name]


def test_slices_have_padded_sizes_only() -> None:
    _files, kept = kept_files(("a", b"x"), ("b", b"x" * 70_000), ("c", b"x" * 300_000))
    allowed = {age.sealed_size(size) for size in (*padding.SMALL_SLICES, padding.SLICE)}
    assert {len(envelope) for envelope in kept.values()} == allowed


def test_a_type_that_says_nothing_is_not_kept() -> None:
    head, tail = encoded([("files", b"@", "a.bin")]).split(b"Content-Type: text/plain")
    for sent, kept in ((b"application/octet-stream", ""), (b"Text/Plain; charset=x", "text/plain")):
        body = Body(io.BytesIO(head + b"Content-Type: " + sent + tail), TYPE)
        (attachment,) = seal_files(
            body, NEW.recipient, lambda *_kept: None, max_files=1, max_bytes=9, max_total=99
        )
        assert attachment.type == kept


@pytest.mark.parametrize(
    ("max_files", "max_bytes", "says"), [(1, 100, "1 files at most"), (2, 9, "second.txt")]
)
def test_a_file_too_many_or_too_big_is_refused(max_files: int, max_bytes: int, says: str) -> None:
    arriving = parts(("first.txt", b"x"), ("second.txt", b"x" * 10))
    with pytest.raises(FileRefused) as refused:
        seal_files(
            arriving,
            NEW.recipient,
            lambda *_kept: None,
            max_files=max_files,
            max_bytes=max_bytes,
            max_total=1 << 30,
        )
    assert says in refused.value.sentence
    assert "second.txt" not in str(refused.value)


def test_a_follow_up_stands_after_the_head() -> None:
    submission = sealed()
    first = opened(submission)
    mailbox = Mailbox(
        id=submission.mailbox_id,
        recipient=submission.mailbox,
        case_recipient=submission.case_recipient,
        generation=1,
        case_signature=submission.case_signature,
        on=committee.TODAY,
        head_n=1,
        head_digest=submission.digest,
        letters=(),
    )
    addressed = Addressed(mailbox, Recipient.parse(mailbox.case_recipient))
    more, _kept = seal_follow_up(FORM, ROSTER, addressed, "In June.", Files(), committee.TODAY)
    found = open_envelope(more.envelope, Identity.from_seed(NEW.seed))
    found.check_place(
        message.next_place(committee.INSTALLATION, first.place.case, 1, first.digest), "submitter"
    )
    assert first.submitter_key is not None
    found.check(first.submitter_key)
    assert (more.n, more.previous, more.digest) == (2, first.digest, found.digest)


def test_a_text_that_does_not_fit_is_refused() -> None:
    with pytest.raises(TooLong):
        seal_submission(FORM, ROSTER, NEW, answers(what="x" * 66_000), Files(), committee.TODAY)


def test_a_commitment_says_nothing_without_its_nonce() -> None:
    found = opened(sealed())
    assert draw_commitment(found).nonce != draw_commitment(found).nonce
    known = draw_commitment(found, lambda size: bytes(size))
    assert (known.nonce, known.text) == (bytes(32), found.to_bytes())


def test_what_is_kept_is_what_the_deposit_commits_to() -> None:
    submission, kept = seal_submission(FORM, ROSTER, NEW, answers(), Files(), committee.TODAY)
    assert kept.text == opened(submission).to_bytes()
    assert submission.commitment == hashlib.sha256(kept.nonce + kept.text).hexdigest()
    assert FORM.code.raw not in kept.to_bytes()
    assert FORM.code.text.encode() not in kept.to_bytes()


def test_files_that_are_too_much_together_are_refused_though_none_is_alone() -> None:
    body = parts(("one.txt", b"123456"), ("two.txt", b"123456"))
    with pytest.raises(FileRefused) as refused:
        seal_files(
            body, NEW.recipient, lambda *_kept: None, max_files=10, max_bytes=9, max_total=11
        )
    assert "Together" in refused.value.sentence
