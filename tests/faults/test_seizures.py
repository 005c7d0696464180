"""What somebody can open who has taken one thing, or several, and nothing else.

docs/threats.md has a line for each. Everything here is opened with the formats alone, as a thief
would: no program of ours stands between, and none is asked whether it may be.
"""

from collections.abc import Iterable

import pytest

from crypto import age, case, roster
from crypto.errors import WrongIdentity
from crypto.identity import Identity
from crypto.message import open_envelope
from intake import drop as door
from intake.drop import Deposit
from review.settings import read_store_key
from review.store import envelopes
from review.store.database import reading
from review.store.shred import Locksmith
from tests import committee
from tests.browser.installation import READERS, Installation, spellings
from tests.browser.submitter import Submitter

pytestmark = pytest.mark.stores

WORDS = "The numbers for June were moved."
LEFT_OUT = "member-2"


@pytest.fixture
def somebody(installation: Installation) -> Submitter:
    """Who wrote, and left out one of the members."""
    made = installation.submitter()
    made.submit({"what": WORDS}, excluded=[LEFT_OUT])
    return made


def waiting(installation: Installation) -> Deposit:
    """What lies in the drop."""
    with door.reading(installation.drop) as connection:
        (deposit,) = door.waiting(connection, 2)
    return deposit


def shelved(installation: Installation, case_id: str) -> tuple[bytes, bytes]:
    """The envelope and the grant of a case, from the book, the shred keys and the store key."""
    store_key = read_store_key(installation.folder / "store-key")
    locksmith = Locksmith(committee.INSTALLATION, store_key)
    with reading(installation.shred) as shred:
        key = locksmith.key_of(shred, case_id)
    with reading(installation.book) as book:
        (kept,) = envelopes.of_case(book, case_id)
        envelope = envelopes.content(book, key, case_id, kept.id)
        grant = envelopes.grant(book, key, case_id, 1)
    assert envelope is not None
    assert grant is not None
    return envelope, grant


def check_closed(sealed: Iterable[bytes | None], identity: Identity) -> None:
    """Fail if this identity opens any of them."""
    for each in sealed:
        assert each is not None
        with pytest.raises(WrongIdentity):
            age.open_sealed(each, [identity])


def test_the_routing_identity_opens_who_is_left_out_and_no_word(
    installation: Installation, somebody: Submitter
) -> None:
    deposit, routing = waiting(installation), committee.identity("routing")
    assert deposit.routing is not None
    assert case.open_routing(deposit.routing, routing).excluded == (LEFT_OUT,)
    check_closed((deposit.envelope, deposit.grant), routing)


def test_a_receipt_code_opens_replies_and_not_what_was_sent(
    installation: Installation, somebody: Submitter
) -> None:
    deposit = waiting(installation)
    identity = Identity.from_seed(somebody.keys.mailbox_seed)
    check_closed((deposit.envelope, deposit.grant, deposit.routing), identity)


def test_the_book_with_its_shred_and_store_keys_gives_envelopes_that_stay_closed(
    installation: Installation, somebody: Submitter
) -> None:
    installation.collect()
    found = shelved(installation, somebody.case_id)
    assert all(WORDS.encode() not in each for each in found)
    for name in ("routing", LEFT_OUT):
        check_closed(found, committee.identity(name))


def test_the_identity_of_somebody_left_out_opens_nothing_of_the_case_in_any_store(
    installation: Installation, somebody: Submitter
) -> None:
    deposit, identity = waiting(installation), committee.identity(LEFT_OUT)
    check_closed((deposit.envelope, deposit.grant, deposit.routing), identity)


def test_the_identity_of_a_member_opens_the_cases_granted_to_them(
    installation: Installation, somebody: Submitter
) -> None:
    """What is surrendered, so that docs/threats.md says it: a laptop with its passphrase."""
    installation.collect()
    envelope, grant = shelved(installation, somebody.case_id)
    seed = case.open_grant(grant, committee.identity("chair"))
    assert open_envelope(envelope, Identity.from_seed(seed)).body["what"] == WORDS


def test_a_roster_names_its_people_and_their_public_keys_and_nothing_of_any_case(
    installation: Installation, somebody: Submitter
) -> None:
    """It is shown to everybody, so whoever takes it has nothing that they could not ask for."""
    document = installation.roster.document
    for person in (*READERS, "routing"):
        text = committee.identity(person).text
        for spelled in (text.encode(), text.lower().encode(), *spellings(committee.seed(person))):
            assert spelled not in document
    for known in (somebody.case_id, somebody.code.text, WORDS):
        assert known.encode() not in document
    # It is the same whether or not anybody has written, or was left out.
    assert document == committee.roster().document
    assert roster.parse(document).ids >= {*READERS}
