"""Entries taken away, changed, moved and put in: by somebody with the file, and by the keeper.

Somebody with the file alone cannot sign, so the tree gives every change away. A keeper signs what
they like; what gives them away is what else was written down: chains, records, tally, and the
checkpoint that the auditor saw last time.
"""

import dataclasses

import pytest

from crypto import entry
from crypto.entry import Entry
from review.audit.place import Place
from tests.review.audit.company import ONE_DAY
from tests.review.audit.looking import look
from tests.review.audit.world import World


@pytest.fixture
def world() -> World:
    """A week, with cases and nothing wrong."""
    made = World(1)
    made.batch()
    made.submit()
    made.live(7)
    made.morning()
    assert look(made).status == 0
    return made


def altered(world: World, at: int, **fields: object) -> None:
    """Change fields of an entry, and leave the rest as it is."""
    kept = world.ledger
    old = entry.parse(kept.entries[at])
    kept.entries[at] = dataclasses.replace(old, **fields).to_bytes()  # type: ignore[arg-type]


def test_a_removed_entry_is_found(world: World) -> None:
    del world.ledger.entries[20]
    seen = look(world)
    assert seen.status == 1
    assert "the checkpoint of 32 entries of ledger 1 has another root" in seen.text


def test_a_changed_entry_is_found_and_its_batch_named(world: World) -> None:
    at = world.ledger.index("cover")
    altered(world, at, nonce=bytes(32))
    seen = look(world)
    assert seen.status == 1
    assert seen.by("checkpoints").startswith(
        f"the checkpoint of {at // 16 * 16 + 16} entries of ledger 1 has another root"
    )


def test_entries_in_another_order_are_found(world: World) -> None:
    entries = world.ledger.entries
    entries[20], entries[21] = entries[21], entries[20]
    assert "another root" in look(world).by("checkpoints")


def test_an_inserted_entry_is_found(world: World) -> None:
    world.ledger.entries.insert(20, entry.cover(world.today, bytes(32)).to_bytes())
    seen = look(world)
    assert seen.status == 1
    assert "come after its newest checkpoint" in seen.text


def test_an_end_that_was_cut_off_is_found(world: World) -> None:
    del world.ledger.entries[-16:]
    assert "the end was cut off" in look(world).text


def test_a_whole_batch_taken_from_the_end_shows_against_the_checkpoint_seen_before(
    world: World,
) -> None:
    newest = world.ledger.newest.note
    world.ledger.batches.pop()
    del world.ledger.entries[world.ledger.newest.size :]
    seen = look(world, since=newest)
    assert seen.status == 1
    assert "is newer than this bundle" in seen.text


def test_a_keeper_who_removes_an_entry_of_a_case_breaks_its_chain(world: World) -> None:
    at = world.ledger.index("case.read", last=False)
    gone = entry.parse(world.ledger.entries[at])
    world.ledger.entries[at] = entry.cover(gone.on, bytes(32)).to_bytes()
    world.ledger.sign_again()
    seen = look(world)
    assert seen.status == 1
    assert "does not follow the newest entry of its case" in seen.text
    follower = next(
        place
        for place, data in enumerate(world.ledger.entries)
        if entry.parse(data).previous == gone.leaf_hash
    )
    assert Place(1, follower) in seen.places("chains")
    assert len(seen.found["chains"]) == 1, "one lost entry makes one exception"


def test_a_keeper_who_changes_an_entry_of_a_case_breaks_its_chain(world: World) -> None:
    at = world.ledger.index("note.left", last=False)
    altered(world, at, by="member-2")
    world.ledger.sign_again()
    assert "does not follow" in look(world).text


def test_a_keeper_who_changes_the_last_entry_of_a_case_contradicts_its_record(
    world: World,
) -> None:
    case = world.cases[0]
    world.note(case)
    world.morning()
    altered(world, world.ledger.index("note.left"), digest="0" * 64)
    world.ledger.sign_again()
    text = look(world).by("records")
    assert f"in the record of case {case.id} has no entry" in text
    assert "tells of a message that the record of" in text


def test_a_keeper_who_puts_in_an_entry_of_a_case_is_found(world: World) -> None:
    case = world.cases[0]
    nonce = bytes(32)
    entry_of = Entry(
        type="case.read",
        on=world.today,
        nonce=nonce,
        subject=entry.subject(case.id, nonce),
        by="chair",
        previous=entry.parse(
            world.ledger.entries[world.ledger.index("submission.received", last=False)]
        ).leaf_hash,
    )
    at = world.ledger.index("cover")
    world.ledger.entries[at] = entry_of.to_bytes()
    world.ledger.sign_again()
    seen = look(world)
    assert "two follow the same" in seen.text
    assert Place(1, at) in seen.places("chains")


def test_an_entry_moved_to_another_case_is_found(world: World) -> None:
    """Its chain is still whole, and its subject is not that of the case."""
    at = world.ledger.index("case.read")
    altered(world, at, subject="0" * 64)
    world.ledger.sign_again()
    assert f"entry {at + 1} of ledger 1 is about something else" in look(world).text


def test_a_rewritten_ledger_that_agrees_with_itself_shows_only_against_what_was_seen(
    world: World,
) -> None:
    """That somebody signed in can be taken out without a trace, if nobody has ever looked."""
    seen_before = world.ledger.newest.note
    at = world.ledger.index("login.started")
    world.ledger.entries[at] = entry.cover(
        entry.parse(world.ledger.entries[at]).on + ONE_DAY, bytes(32)
    ).to_bytes()
    world.ledger.sign_again()
    blind = look(world)
    assert blind.status == 0
    assert blind.verified is not None
    seen = look(world, since=seen_before)
    assert seen.status == 1
    assert "the ledger was rewritten" in seen.by("since")
    assert seen.places("since") == {Place(1, world.ledger.newest.size - 1)}


def test_a_line_that_is_no_entry_is_named(world: World) -> None:
    world.ledger.entries[17] = b'{"type":"cover"}'
    world.ledger.sign_again()
    seen = look(world)
    assert seen.status == 1
    assert "entry 18 of ledger 1 is not an entry in its one spelling" in seen.text


def test_an_entry_of_a_type_that_is_not_known_is_not_passed_over(world: World) -> None:
    at = world.ledger.index("cover")
    world.ledger.entries[at] = world.ledger.entries[at].replace(b'"cover"', b'"case.hidden"')
    world.ledger.sign_again()
    assert f"entry {at + 1} of ledger 1 is not an entry" in look(world).by("entries")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"v":1', b'"v":1 '),
        (b'"v":1', b'"v":1.0'),
        (b'"v":1', b'"v":01'),
        (b'"v":1', b'"v":true'),
        (b'{"by":', b'{"by":null,"by":'),
        (b'"type":"cover"', b'"type":"\\u0063over"'),
        (b'"data":{}', b'"data":{"a":1}'),
        (b'"on":"20', b'"on":"+2'),
        (b'"v":1}', b'"v":1}\r'),
        (b'{"by":', b'\xef\xbb\xbf{"by":'),
    ],
    ids=[
        *("a space", "a fraction", "a zero", "true", "a name twice", "an escape", "more data"),
        *("a sign", "a carriage return", "a mark of order"),
    ],
)
def test_a_second_spelling_of_an_entry_is_refused(world: World, old: bytes, new: bytes) -> None:
    at = world.ledger.index("cover")
    world.ledger.entries[at] = world.ledger.entries[at].replace(old, new, 1)
    world.ledger.sign_again()
    seen = look(world)
    assert seen.status == 1
    assert seen.places("entries") == {Place(1, at)}


@pytest.mark.parametrize("digit", ["A", "\u0660", "g", " "])
def test_a_hash_in_other_digits_is_refused(world: World, digit: str) -> None:
    at = world.ledger.index("cover")
    old = entry.parse(world.ledger.entries[at]).nonce.hex()
    data = world.ledger.entries[at]
    world.ledger.entries[at] = data.replace(old[:1].encode(), digit.encode(), 1)
    world.ledger.entries[at] = data.replace(old.encode(), (digit + old[1:]).encode())
    world.ledger.sign_again()
    assert look(world).places("entries") == {Place(1, at)}
