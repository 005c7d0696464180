"""A case gets another key: what a submitter without scripts seals to from then on."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from crypto import case, keying, message
from crypto.errors import WrongIdentity
from crypto.identity import Identity
from crypto.keying import Keying
from crypto.recipient import Recipient
from intake import drop
from intake.errors import UnknownMailbox
from tests import committee, rekeying
from tests.intake.house import House

pytestmark = pytest.mark.stores
FRIGHTENING = ("is not as you left it", "does not work just now")


def first_of(house: House, code: str) -> str:
    return house.mailbox(code).case_recipient


def keyed(house: House, code: str, generation: int = 2, signers: tuple[str, ...] = ()) -> Keying:
    """A key of the case behind a code, after the one before it."""
    first = first_of(house, code)
    case_id = case.case_id(first)
    before = first if generation == 2 else rekeying.recipient_of(case_id, generation - 1).text
    done = rekeying.act(case_id, before, generation=generation)
    new = rekeying.recipient_of(case_id, generation)
    return rekeying.signed(done, new, signers or rekeying.SIGNERS)


def post(house: House, code: str, *keyings: Keying) -> None:
    """Put keys into the mailbox, numbered as they come."""
    mailbox = house.mailbox(code)
    for generation, each in enumerate(keyings, start=2):
        envelope = keying.seal(each, Recipient.parse(mailbox.recipient))
        with drop.writing(house.engine) as connection:
            drop.post_keying(connection, mailbox.id, generation, envelope, committee.TODAY)


def test_what_is_added_is_sealed_to_the_newest_key_and_to_no_older_one(house: House) -> None:
    code = house.submit()
    post(house, code, keyed(house, code), keyed(house, code, 3))
    answer = house.follow(code, text="More of it.")
    assert "has arrived" in answer.text
    assert not any(words in answer.text for words in FRIGHTENING)
    case_id = case.case_id(first_of(house, code))
    newest = Identity.from_seed(rekeying.seed_of(case_id, 3))
    (added,) = [each for each in house.deposits() if each.kind == "follow-up"]
    opened = message.open_envelope(added.envelope, newest)
    assert (opened.body["text"], opened.place.case) == ("More of it.", case_id)
    with pytest.raises(WrongIdentity):
        message.open_envelope(added.envelope, Identity.from_seed(rekeying.seed_of(case_id, 2)))


def wrong(house: House, code: str) -> dict[str, tuple[Keying, ...]]:
    """What a drop that was taken over could hold in the place of a true key."""
    second, third = keyed(house, code), keyed(house, code, 3)
    stranger = committee.recipient("somebody with the drop")
    other = house.submit()
    return {
        "one signature": (keyed(house, code, signers=("member-1",)),),
        "a signer who will not read": (keyed(house, code, signers=("member-1", "member-2")),),
        "a swapped recipient": (replace(second, recipient=stranger),),
        "another case's": (keyed(house, other),),
        "the same again": (second, second),
        "the third without the second": (third,),
    }


@pytest.mark.parametrize(
    "name",
    ["one signature", "a signer who will not read", "a swapped recipient", "another case's",
     "the same again", "the third without the second"],
)  # fmt: skip
def test_a_key_that_two_readers_did_not_sign_for_this_case_is_not_sealed_to(
    house: House, name: str
) -> None:
    code = house.submit()
    post(house, code, *wrong(house, code)[name])
    before = house.rows()
    answer = house.follow(code, text="my words")
    assert answer.status_code == 503
    assert "is not as you left it" in answer.text
    assert house.rows() == before


def test_replies_can_be_read_whatever_became_of_the_key(house: House) -> None:
    code = house.submit()
    house.leave(code, house.letter(code, text="Thank you for this."))
    post(house, code, keyed(house, code, signers=("member-1",)))
    assert "Thank you for this." in house.follow(code).text


def test_a_key_of_another_mailbox_opens_nothing(house: House) -> None:
    code, other = house.submit(), house.submit()
    envelope = keying.seal(keyed(house, code), Recipient.parse(house.mailbox(other).recipient))
    with drop.writing(house.engine) as connection:
        drop.post_keying(connection, house.mailbox(code).id, 2, envelope, committee.TODAY)
    assert house.follow(code, text="my words").status_code == 503


def test_a_later_key_changes_neither_the_page_nor_its_size(house: House) -> None:
    code, other = house.submit(), house.submit()
    post(house, code, keyed(house, code))
    one, two = house.follow(code), house.follow(other)
    assert len(one.data) == len(two.data)
    assert not any(words in one.text for words in FRIGHTENING)


def test_posting_a_key_again_changes_nothing(house: House) -> None:
    code = house.submit()
    post(house, code, keyed(house, code))
    before = house.rows()
    post(house, code, keyed(house, code))
    assert house.rows() == before
    with drop.writing(house.engine) as connection, pytest.raises(UnknownMailbox):
        drop.post_keying(connection, "0" * 64, 2, b"", committee.TODAY)


def test_the_drop_does_not_tell_who_reads_after_a_new_key(house: House) -> None:
    code = house.submit()
    post(house, code, keyed(house, code))
    with drop.reading(house.engine) as connection:
        (found,) = connection.execute(text("SELECT envelope FROM keyings")).scalars()
    assert not any(reader.encode() in bytes(found) for reader in rekeying.READERS)
    assert len(found) in message.envelope_sizes()
