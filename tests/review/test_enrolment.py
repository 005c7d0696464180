"""Keys that people make: what the book keeps of them, and what a published roster makes of that."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crypto import age, enrolment, signing, strict
from crypto.enrolment import read_list
from crypto.recipient import PassphraseRecipient
from crypto.roster import Roster, key_hash, replaced_keys
from review import enrolment as desk
from review import key_standing, people
from review.enrolment import Offer, PasskeyFile
from review.errors import KeyRefused, PersonRefused
from review.people import Enrolment
from review.roles import Role
from review.store import keys, logins, rosters
from review.store import people as store
from review.store.database import reading, writing
from tests import committee
from tests.browser.installation import Installation
from tests.review.tables import entries

pytestmark = pytest.mark.stores

TODAY = committee.TODAY
ROSTER = committee.roster()
NEW = "gloria"
NOON = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)
SEALED = age.seal(b"identity", [PassphraseRecipient("words", log_n=4)])
COPY = age.seal(b"copy", [committee.recipient("recovery")])
PASSKEY = "AGE-PLUGIN-FIDO2PRF-1QQQSYQC"


@pytest.fixture
def book(tmp_path: Path) -> Engine:
    """A book with everybody of the roster enrolled, and a candidate."""
    made = Installation(tmp_path).book
    with writing(made) as connection:
        wanted = Enrolment(person_id=NEW, username=NEW, role=Role.CANDIDATE, name="Gloria Pratt")
        people.enrol(connection, ROSTER, wanted, TODAY)
        connection.exec_driver_sql("DELETE FROM pending_entries")
    return made


def made_by(name: str, seat: str = NEW, under: Roster = ROSTER) -> Offer:
    request = enrolment.make(committee.seed(name), under, seat, TODAY, COPY)
    return Offer(request=request, identity=SEALED, recovery=COPY, former=None)


def offer(book: Engine, made: Offer, person: str = NEW, today: datetime.date = TODAY) -> None:
    with writing(book) as connection:
        desk.offer(connection, ROSTER, person, made, today)


def publish(book: Engine, roster: Roster) -> None:
    with writing(book) as connection:
        before = rosters.newest(connection)
        assert rosters.publish_roster(connection, roster)
        desk.take_effect(connection, before, roster, TODAY)


def with_reader(reader_id: str, name: str, before: Roster = ROSTER) -> Roster:
    """The next roster, in which this reader has the key of that name."""
    fields = {
        "recipient": committee.recipient(name).text,
        "verify_key": strict.to_b64(signing.verify_key(committee.signing_seed(name))),
    }
    found = [
        {**each, **fields} if each["id"] == reader_id else each
        for each in committee.roster_fields()["readers"]  # type: ignore[attr-defined]
    ]
    if reader_id not in {each["id"] for each in found}:
        found.append(
            {"id": reader_id, "role": "member", "title": "Director", "name": "Gloria", **fields}
        )
    return committee.next_roster(before, readers=found)


def key(name: str) -> str:
    return key_hash(committee.recipient(name).text)


def test_a_key_waits_and_changes_nothing(book: Engine) -> None:
    before = rows_of(book)
    offer(book, made_by("new"))
    assert rows_of(book) == before
    with reading(book) as connection:
        waiting = keys.of_person(connection, NEW)
        assert waiting is not None
        assert waiting.recipient == key("new")
        assert [each.sealed for each in keys.files(connection, NEW, key("new"), "recovery")] == [
            COPY
        ]
        (found,) = read_list(desk.requests(connection, ROSTER))
    assert (found.request.seat, found.copy) == (NEW, COPY)


def rows_of(book: Engine) -> dict[str, bytes | None]:
    with reading(book) as connection:
        return {name: store.identity_file(connection, name) for name in (NEW, "chair")}


def test_a_later_key_takes_the_place_of_the_one_that_waits(book: Engine) -> None:
    offer(book, made_by("new"))
    offer(book, made_by("newer"))
    with reading(book) as connection:
        assert [each.recipient for each in keys.all_waiting(connection)] == [key("newer")]
        assert keys.files(connection, NEW, key("new"), "recovery") == []


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (replace(made_by("new"), request=b"{}"), "no-request"),
        (made_by("new", seat="chair"), "other-seat"),
        (made_by("new", under=committee.next_roster(ROSTER)), "no-request"),
        (made_by("member-1"), "no-request"),
        (replace(made_by("new"), identity=b"AGE-SECRET-KEY-PQ-1QQ"), "not-sealed"),
        (replace(made_by("new"), identity=COPY), "not-sealed"),
        (replace(made_by("new"), identity=SEALED + bytes(desk.LARGEST)), "not-sealed"),
        (replace(made_by("new"), recovery=None), "no-recovery-copy"),
        (replace(made_by("new"), recovery=SEALED), "other-copy"),
        (replace(made_by("new"), former=SEALED), "not-sealed"),
    ],
)
def test_what_no_honest_browser_sends_is_refused(book: Engine, made: Offer, reason: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        offer(book, made)
    assert refused.value.reason == reason
    with reading(book) as connection:
        assert keys.all_waiting(connection) == []


def test_a_request_of_another_day_is_refused(book: Engine) -> None:
    with pytest.raises(KeyRefused, match="another day"):
        offer(book, made_by("new"), today=TODAY + datetime.timedelta(days=1))


def test_a_candidate_is_seated_by_the_roster_alone(book: Engine) -> None:
    offer(book, made_by("new"))
    assert entries(book, "person.enrolled") == []
    publish(book, with_reader(NEW, "new"))
    with reading(book) as connection:
        person = store.by_id(connection, NEW)
        assert person is not None
        assert (person.role, person.has_identity) == (Role.MEMBER, True)
        assert store.identity_file(connection, NEW) == SEALED
        assert keys.all_waiting(connection) == []
    assert [row.by for row in entries(book, "person.enrolled")] == [NEW]


def test_a_key_that_the_roster_does_not_have_never_comes_into_force(book: Engine) -> None:
    offer(book, made_by("the-server-s"))
    publish(book, with_reader(NEW, "new"))
    with reading(book) as connection:
        assert store.identity_file(connection, NEW) is None
        assert [each.person_id for each in keys.all_waiting(connection)] == [NEW]
        assert read_list(desk.requests(connection, with_reader(NEW, "new"))) == ()


def test_a_reader_with_another_key_gets_its_file_and_an_entry(book: Engine) -> None:
    offer(book, made_by("second", seat="member-1"), person="member-1")
    publish(book, with_reader("member-1", "second"))
    with reading(book) as connection:
        assert store.identity_file(connection, "member-1") == SEALED
    (row,) = entries(book, "key.rotated")
    assert row.by == "member-1"
    assert strict.parse_canonical(row.data.encode()) == {
        "key": "reader",
        "fingerprint": key("second"),
    }


def test_every_key_that_a_roster_replaces_has_an_entry(book: Engine) -> None:
    new = committee.recipient("another").text
    changes = {"routing": new, "recovery": None, "statement_keys": [strict.to_b64(b"s" * 32)]}
    changed = committee.next_roster(ROSTER, **changes)
    kinds = [kind for kind, _hash, _by in replaced_keys(ROSTER, changed)]
    assert kinds == ["routing", "statement"]
    assert replaced_keys(ROSTER, committee.next_roster(ROSTER)) == []


def test_who_leaves_the_roster_can_sign_in_no_more(book: Engine) -> None:
    with writing(book) as connection:
        token = logins.start(connection, "member-2", NOON)
    fields = committee.roster_fields()["readers"]
    left = [each for each in fields if each["id"] != "member-2"]  # type: ignore[attr-defined]
    publish(book, committee.next_roster(ROSTER, readers=left))
    with reading(book) as connection:
        person = store.by_id(connection, "member-2")
        assert person is not None
        assert not person.active
        assert logins.find(connection, token, NOON) is None
    assert [row.by for row in entries(book, "person.left")] == ["member-2"]


def test_nobody_becomes_a_candidate_who_has_a_seat_or_no_name(book: Engine) -> None:
    for person, name in (("chair", "Ada"), ("nobody", None), ("Not an id", "X")):
        wanted = Enrolment(person_id=person, username="x", role=Role.CANDIDATE, name=name)
        with writing(book) as connection, pytest.raises(PersonRefused):
            people.enrol(connection, ROSTER, wanted, TODAY)


def passkey(book: Engine, person: str, **changes: object) -> None:
    header = b"age-encryption.org/v1\n-> age-encryption.org/fido2prf AAAAAAAAAAAAAAAAAAAAAA\n"
    sealed = header + strict.to_b64raw(bytes(32)).encode() + b"\n--- "
    sealed += strict.to_b64raw(bytes(32)).encode() + b"\n" + bytes(48)
    fields = {"key": key("chair"), "passkey": PASSKEY, "sealed": sealed, **changes}
    with writing(book) as connection:
        made = PasskeyFile(**fields)  # type: ignore[arg-type]
        desk.add_passkey(connection, ROSTER, person, made, TODAY)


def test_a_passkey_s_file_is_of_one_s_own_key(book: Engine) -> None:
    passkey(book, "chair")
    for person, changes in (
        ("member-1", {}),
        ("chair", {"key": key("member-1")}),
        ("chair", {"sealed": SEALED}),
        ("chair", {"passkey": "<b>"}),
    ):
        with pytest.raises(KeyRefused):
            passkey(book, person, **changes)
    for _ in range(desk.MOST_PASSKEYS - 1):
        passkey(book, "chair")
    with pytest.raises(KeyRefused, match="more passkeys"):
        passkey(book, "chair")


def test_the_picture_of_people_and_keys_says_what_is_missing(book: Engine) -> None:
    offer(book, made_by("second", seat="member-1"), person="member-1")
    publish(book, with_reader("member-1", "second"))
    newest = with_reader("member-1", "second")
    offer_again = made_by("third", under=ROSTER)
    with writing(book) as connection:
        desk.offer(connection, ROSTER, NEW, offer_again, TODAY)
        store.deactivate(connection, "counsel")
    with reading(book) as connection:
        seen = key_standing.of_the_committee(connection, newest, newest.expires_on)
    lines = {line.id: line for line in seen.readers}
    assert (lines["member-1"].copy, lines["chair"].copy) == (True, None)
    assert (lines["member-1"].since, lines["chair"].since) == (newest.issued_on, ROSTER.issued_on)
    assert not lines["counsel"].signs_in
    assert lines["chair"].has_key
    assert [(each.id, each.fits) for each in seen.requests] == [(NEW, False)]
    assert (seen.ends_in, seen.ends_soon) == (0, True)
    with reading(book) as connection:
        early = newest.expires_on - datetime.timedelta(days=61)
        assert not key_standing.of_the_committee(connection, newest, early).ends_soon
