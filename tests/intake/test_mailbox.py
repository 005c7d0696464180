"""Letters opened for a browser without scripts: believed only as far as they prove themselves."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from crypto import age, case, entry, message, proof, signing
from crypto.message import Message
from crypto.receipt import ReceiptCode, ReceiptKeys
from crypto.recipient import Recipient
from intake import drop, proofs
from intake.errors import DropAltered
from intake.mailbox import (
    NOBODYS,
    USUAL_LETTERS,
    Correspondence,
    Sent,
    check_owner,
    open_letters,
    open_receipts,
)
from tests import committee
from tests.intake import recording
from tests.intake.house import House

pytestmark = pytest.mark.stores


def keys(code: str) -> ReceiptKeys:
    return ReceiptCode.parse(code).keys(committee.INSTALLATION)


def read(house: House, code: str) -> Correspondence:
    rosters = {house.roster.hash: house.roster}
    return open_letters(house.mailbox(code), keys(code), committee.INSTALLATION, rosters.get)


def test_an_empty_mailbox_has_arrived_and_nothing_more(house: House) -> None:
    found = read(house, house.submit())
    assert found == Correspondence((), "received", None, broken=False)


def test_replies_come_in_order_with_the_title_of_their_reader(house: House) -> None:
    code = house.submit()
    first = house.letter(code, text="Thank you.")
    second = house.letter(code, first, by="member-2", text="When was it?")
    house.leave(code, first, second)
    found = read(house, code)
    assert [reply.text for reply in found.replies] == ["Thank you.", "When was it?"]
    assert [reply.by for reply in found.replies] == [
        "Chair of the audit committee",
        "Member of the audit committee",
    ]
    assert not found.broken


def test_the_newest_state_counts(house: House) -> None:
    code = house.submit()
    first = house.letter(code, kind="state", state="reading", next_on="2026-12-01")
    second = house.letter(code, first, kind="state", state="asked", next_on=None)
    house.leave(code, first, second)
    found = read(house, code)
    assert (found.state, found.next_on, found.replies) == ("asked", None, ())


def forged(letter: Message) -> Message:
    """The letter with the signature of somebody who is no reader."""
    return replace(letter, signature=b"").sign(committee.seed("a stranger"))


def test_a_letter_that_no_reader_signed_is_left_out(house: House) -> None:
    code = house.submit()
    house.leave(code, forged(house.letter(code, text="Tell us your name.")))
    found = read(house, code)
    assert (found.replies, found.broken) == ((), True)


def test_a_letter_under_a_roster_never_published_is_left_out(house: House) -> None:
    code = house.submit()
    letter = house.letter(code, text="Hello.")
    unsigned = replace(letter, roster="0" * 64, signature=b"")
    house.leave(code, unsigned.sign(committee.signing_seed("chair")))
    assert read(house, code).broken


def test_a_letter_of_another_case_is_left_out(house: House) -> None:
    code, other = house.submit(), house.submit()
    letter = house.letter(other, text="For somebody else.")
    house.leave(code, letter)
    found = read(house, code)
    assert (found.replies, found.broken) == ((), True)


def test_letters_after_a_missing_one_are_shown_and_the_gap_is_told(house: House) -> None:
    code = house.submit()
    first = house.letter(code, text="Never delivered.")
    house.leave(code, house.letter(code, first, text="Second."))
    found = read(house, code)
    assert ([reply.text for reply in found.replies], found.broken) == (["Second."], True)


def test_letters_in_exchanged_places_are_left_out(house: House) -> None:
    code = house.submit()
    first = house.letter(code, text="One.")
    second = house.letter(code, first, text="Two.")
    mailbox = house.mailbox(code)
    house.leave(code, first, second)
    letters = house.mailbox(code).letters
    swapped = replace(
        mailbox,
        letters=(
            replace(letters[0], envelope=letters[1].envelope),
            replace(letters[1], envelope=letters[0].envelope),
        ),
    )
    rosters = {house.roster.hash: house.roster}
    found = open_letters(swapped, keys(code), committee.INSTALLATION, rosters.get)
    assert (found.replies, found.broken) == ((), True)


def test_a_letter_sealed_to_another_mailbox_is_left_out(house: House) -> None:
    code = house.submit()
    letter = house.letter(code, text="Hello.")
    mailbox = house.mailbox(code)
    envelope = message.seal(letter, committee.recipient("chair"))
    house.leave(code, letter)
    moved = replace(house.mailbox(code).letters[0], envelope=envelope)
    found = open_letters(
        replace(mailbox, letters=(moved,)),
        keys(code),
        committee.INSTALLATION,
        {house.roster.hash: house.roster}.get,
    )
    assert found.broken


def test_the_holder_of_the_code_owns_the_mailbox(house: House) -> None:
    code = house.submit()
    mailbox = house.mailbox(code)
    check_owner(mailbox, keys(code), committee.INSTALLATION)


def test_a_code_without_a_mailbox_is_given_the_same_work(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attack 9: what is done for a code does not depend on whether there is a mailbox."""
    done: list[str] = []
    for module, name in ((case, "check_mailbox"), (age, "open_sealed"), (signing, "verify_key")):
        real = getattr(module, name)
        monkeypatch.setattr(module, name, _noting(done, name, real))
    work = []
    code = house.submit()
    for each in (code, ReceiptCode(bytes(range(15))).text):
        done.clear()
        house.follow(each)
        work.append(list(done))
    assert work[0] == work[1]
    assert set(work[0]) == {"check_mailbox", "open_sealed", "verify_key"}


def test_a_code_is_given_the_same_work_whether_or_not_proofs_wait(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attack 9: neither a mailbox nor its first proof is what takes time."""
    done: list[str] = []
    for module, name in ((age, "open_sealed"), (proof, "parse"), (entry, "parse")):
        monkeypatch.setattr(module, name, _noting(done, name, getattr(module, name)))
    code = house.submit()
    work = []

    def read() -> None:
        done.clear()
        house.follow(code)
        work.append(list(done))

    read()
    recording.record(house)
    read()
    house.follow(code, text="more")
    recording.record(house)
    read()
    code = ReceiptCode(bytes(range(15))).text
    read()
    assert work[0] == work[1] == work[2] == work[3]
    assert work[0].count("open_sealed") == proofs.USUAL + USUAL_LETTERS + 1


def test_a_code_is_given_the_same_work_whether_or_not_a_reply_waits(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attack 9: an observer who sees from the time that somebody was answered."""
    done: list[str] = []
    for module, name in ((age, "open_sealed"), (signing, "check"), (message, "parse")):
        monkeypatch.setattr(module, name, _noting(done, name, getattr(module, name)))
    code = house.submit()
    before, work = None, []
    for _ in range(USUAL_LETTERS + 1):
        done.clear()
        house.follow(code)
        work.append(sorted(done))
        before = house.letter(code, before, text="A reply.")
        house.leave(code, before)
    done.clear()
    house.follow(ReceiptCode(bytes(range(15))).text)
    assert work == [sorted(done)] * (USUAL_LETTERS + 1)


def test_each_message_comes_with_its_statement_and_then_with_its_proof(house: House) -> None:
    code = house.submit()
    house.follow(code, text="more")
    mailbox = house.mailbox(code)
    stated = [each.statement for each in mailbox.receipts]
    assert open_receipts(mailbox, keys(code)) == tuple(
        Sent(n, committee.TODAY, None, statement) for n, statement in enumerate(stated, start=1)
    )
    made = recording.record(house)
    assert open_receipts(house.mailbox(code), keys(code)) == tuple(
        Sent(n, committee.TODAY, proved, statement)
        for n, (proved, statement) in enumerate(zip(made, stated, strict=True), start=1)
    )


def test_a_proof_is_there_when_the_deposit_is_not_any_more(house: House) -> None:
    code = house.submit()
    (made,) = recording.record(house)
    with drop.writing(house.engine) as connection:
        connection.execute(text("DELETE FROM deposits"))
    (found,) = open_receipts(house.mailbox(code), keys(code))
    assert (found.on, found.proof, found.statement) == (committee.TODAY, made, None)


def test_a_proof_of_something_else_is_not_handed_on(house: House) -> None:
    code = house.submit()
    house.follow(code, text="more")
    house.submit()
    own = house.mailbox(code).id
    first, second, other = sorted(house.deposits(), key=lambda each: each.mailbox_id != own)
    entries = [recording.received(house, each) for each in (first, second, other)]
    proofs_ = recording.proofs_of(entries)
    for wrong in (proofs_[1], proofs_[2], b"", b"not a proof"):
        recording.post(house, first, wrong)
        (found, _more) = open_receipts(house.mailbox(code), keys(code))
        assert (found.proof, found.doubtful) == (None, True)
    recording.post(house, first, proofs_[0])
    assert open_receipts(house.mailbox(code), keys(code))[0].proof == proofs_[0]


def test_a_proof_that_is_sealed_to_somebody_else_is_told(house: House) -> None:
    code = house.submit()
    mailbox = house.mailbox(code)
    sealed = drop.seal_proof(b"x", committee.recipient("chair").text)
    receipts = (replace(mailbox.receipts[0], proof=sealed),)
    (found,) = open_receipts(replace(mailbox, receipts=receipts), keys(code))
    assert (found.proof, found.doubtful) == (None, True)


def test_nobody_has_sent_anything(house: House) -> None:
    assert open_receipts(NOBODYS, keys(house.submit())) == ()


def _noting(done: list[str], name: str, real: Callable[..., object]) -> Callable[..., object]:
    def noted(*arguments: object) -> object:
        done.append(name)
        return real(*arguments)

    return noted


def test_a_letter_under_an_older_roster_than_one_before_is_left_out(house: House) -> None:
    """Somebody who has left could have signed it."""
    code, old = house.submit(), house.roster
    house.publish(committee.next_roster(old))
    first = house.letter(code, text="By the new committee.")
    house.roster = old
    second = house.letter(code, first, text="By somebody who has left.")
    house.leave(code, first, second)
    found = open_letters(
        house.mailbox(code),
        keys(code),
        committee.INSTALLATION,
        {each.hash: each for each in (old, committee.next_roster(old))}.get,
    )
    assert [reply.text for reply in found.replies] == ["By the new committee."]
    assert found.broken


def test_a_case_key_put_in_the_place_of_the_submitters_is_noticed(house: House) -> None:
    code = house.submit()
    exchanged = Recipient.parse(committee.recipient("chair").text).text
    mailbox = replace(house.mailbox(code), case_recipient=exchanged)
    with pytest.raises(DropAltered):
        check_owner(mailbox, keys(code), committee.INSTALLATION)


def test_what_was_opened_does_not_show_itself(house: House) -> None:
    code = house.submit()
    house.leave(code, house.letter(code, text="secret words"))
    assert "secret words" not in repr(read(house, code))
