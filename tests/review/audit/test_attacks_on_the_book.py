"""Rows changed, cases taken away and deposits dropped: the book, or the collector, lies."""

import dataclasses

import pytest

from crypto import entry, merkle, tally
from review.audit.place import Place
from review.casework.course import Stage
from tests import committee
from tests.review.audit.company import BEGAN, ONE_DAY
from tests.review.audit.looking import changed, files, look
from tests.review.audit.world import World


@pytest.fixture
def world() -> World:
    """A week, with cases and nothing wrong."""
    made = World(3)
    made.batch()
    made.submit()
    made.live(7)
    made.morning()
    assert look(made).status == 0
    return made


def test_a_state_changed_behind_the_ledger_is_found(world: World) -> None:
    case = world.cases[0]
    before, case.state = case.state, Stage.RECEIVED
    text = look(world).by("records")
    assert text == (
        f"the book says that case {case.id} is RECEIVED, and its entries that it is {before.value}"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"digest": "0" * 64},
        {"on": BEGAN - ONE_DAY},
        {"kind": "state"},
        {"slices": 7},
    ],
    ids=str,
)
def test_a_message_changed_behind_the_ledger_is_named(
    world: World, changes: dict[str, object]
) -> None:
    case = next(case for case in world.cases if any(m.kind == "reply" for m in case.messages))
    at = next(at for at, each in enumerate(case.messages) if each.kind == "reply")
    message = case.messages[at]
    case.messages[at] = dataclasses.replace(message, **changes)  # type: ignore[arg-type]
    text = look(world).by("records")
    assert f"message {message.n} of the committee in the record of case {case.id}" in text


def test_a_message_taken_out_of_the_book_is_found_by_its_entry(world: World) -> None:
    case = next(case for case in world.cases if any(m.kind == "note" for m in case.messages))
    gone = [each for each in case.messages if each.thread == "notes"][-1]
    case.messages.remove(gone)
    seen = look(world)
    (place,) = seen.places("records")
    assert entry.parse(world.ledger.entries[place.at]).digest == gone.digest
    assert f"{place} tells of a message that the record of {case.id} lacks" in seen.by("records")


def test_two_messages_in_another_order_are_found(world: World) -> None:
    case = next(
        case for case in world.cases if sum(m.thread == "committee" for m in case.messages) > 1
    )
    at, other = [at for at, m in enumerate(case.messages) if m.thread == "committee"][:2]
    first, second = case.messages[at], case.messages[other]
    case.messages[at] = dataclasses.replace(second, n=first.n)
    case.messages[other] = dataclasses.replace(first, n=second.n)
    assert "in another order" in look(world).by("records")


def test_a_record_without_entries_is_found(world: World) -> None:
    other = World(99)
    other.submit()
    other.morning()
    world.cases.append(other.cases[0])
    text = look(world).by("records")
    assert text == (f"the book has a record of case {other.cases[0].id}, and the ledger no entry")


def test_entries_without_a_record_are_found(world: World) -> None:
    world.cases.pop(0)
    seen = look(world)
    at = world.ledger.index("submission.received", last=False)
    assert f"{Place(1, at)} begins a case of which the book has no record" in seen.by("chains")


def test_a_case_removed_with_its_entries_from_the_newest_batch_is_missing_in_the_tally(
    world: World,
) -> None:
    """The keeper makes the batch of the morning anew, without the case and its first entry."""
    world.submit()
    world.morning()
    world.live(1, busy=False)
    case = world.cases.pop()
    kept = world.ledger
    batch = kept.batches[-2]
    kept.batches, rest = kept.batches[:-2], kept.entries[kept.batches[-3].size :]
    kept.entries = kept.entries[: kept.newest.size]
    for data in rest:
        told = entry.parse(data)
        gone = told.subject == entry.subject(case.id, told.nonce)
        cover = entry.cover(batch.on, told.nonce).to_bytes()
        kept.entries.append(cover if gone else data)
    for on, size in ((batch.on, batch.size), (batch.on + ONE_DAY, len(kept.entries))):
        kept.batches.append(kept.sign(on, size))
    assert "was tallied and has no entry: it was dropped" in look(world).by("tally")


def test_a_deposit_that_the_collector_drops_is_found_by_its_tally(world: World) -> None:
    world.submit()
    (dropped,) = world.deposits
    world.deposits.clear()
    world.morning()
    assert look(world).status == 0, "it may still be under way"
    world.morning()
    value = entry.tally_value(dropped.digest, dropped.nonce)
    assert value in look(world).by("tally")


def test_a_deposit_that_was_set_aside_is_not_dropped(world: World) -> None:
    world.submit()
    (left,) = world.deposits
    world.deposits.clear()
    world.morning()
    act = world.record("deposit.set-aside", digest=left.digest, data={"reason": "routing"})
    act.nonce = left.nonce
    world.live(3, busy=False)
    seen = look(world)
    assert seen.status == 0
    assert seen.verified is not None
    told = [line for check in seen.verified.checks for line in check.told.unchecked]
    assert any(f"set a deposit aside on {world.today - 3 * ONE_DAY}" in line for line in told)


def test_a_receipt_that_intake_never_tallied_is_found(world: World) -> None:
    """A collector that makes up a submission cannot make intake sign for it."""
    world.submit()
    value = world.values[world.today].pop()
    world.morning()
    seen = look(world)
    assert value
    assert "is of a deposit that intake has not tallied" in seen.by("tally")


def test_a_deposit_that_has_two_receipts_is_found(world: World) -> None:
    case = world.submit()
    world.deposits.append(dataclasses.replace(world.deposits[0], kind="follow-up"))
    world.morning()
    assert case
    assert "is a receipt of a deposit that has one already" in look(world).by("tally")


def test_a_receipt_of_another_day_than_intake_tallied_is_found(world: World) -> None:
    world.submit()
    case = world.deposits[0].case
    world.deposits[0].on -= ONE_DAY
    case.on -= ONE_DAY
    world.morning()
    assert "and intake tallied its deposit on" in look(world).by("tally")


def test_a_tally_day_that_is_missing_is_found_in_the_middle_and_at_the_ends(world: World) -> None:
    days = sorted(world.tally)
    for day in (days[0], days[3], days[-1]):
        document = world.tally.pop(day)
        seen = look(world)
        assert f"closed the tally of {day}, which is missing" in seen.text
        world.tally[day] = document


def test_a_tally_that_ends_early_is_found(world: World) -> None:
    """Intake has stopped closing, or the collector has stopped bringing."""
    last = max(world.tally)
    world.waiting = []
    world.values = {}
    world.live(4, busy=False)
    for day in [day for day in world.tally if day > last]:
        del world.tally[day]
    assert "the tally ends with" in look(world).text


def test_no_tally_at_all_is_found(world: World) -> None:
    world.tally.clear()
    text = look(world).text
    assert "closed the tally of" in text
    assert "without a tally" in text


def test_a_fabricated_tally_day_is_found(world: World) -> None:
    day = sorted(world.tally)[2]
    values = world.values.get(day, [])
    key = bytes(32)
    seed = committee.seed("not intake")
    world.tally[day] = tally.close(committee.INSTALLATION, day, values, key, seed)
    assert "is not a day that intake signed" in look(world).text


def test_a_tally_day_that_intake_signed_twice_is_found(world: World) -> None:
    """Also a second closing by the right key is another one than the ledger named."""
    day = sorted(world.tally)[2]
    seed = committee.statement_seed()
    world.tally[day] = tally.close(committee.INSTALLATION, day, [], bytes(32), seed)
    assert f"the tally of {day} is not the one that" in look(world).text


def test_a_tally_day_of_another_installation_is_found(world: World) -> None:
    day = sorted(world.tally)[2]
    values = world.values.get(day, [])
    document = tally.close("00" * 16, day, values, bytes(32), committee.statement_seed())
    world.tally[day] = document
    assert f"the tally of {day} is another installation's" in look(world).text


def test_records_twice_or_out_of_order_are_found(world: World) -> None:
    lines = files(world.bundle())["records.jsonl"]
    twice = lines + lines.splitlines(keepends=True)[-1]
    seen = look(changed(world, records=twice))
    assert seen.status == 1
    assert "is not in order, or is there twice" in seen.text


def test_a_hole_in_a_record_s_thread_cannot_be_read(world: World) -> None:
    case = next(case for case in world.cases if len(case.messages) > 1)
    case.messages[-1] = dataclasses.replace(case.messages[-1], n=9)
    seen = look(world)
    assert seen.status == 2
    assert "are not in order" in seen.text


def test_an_act_kept_out_of_the_ledger_is_found(world: World) -> None:
    act = world.record("case.read", world.cases[0], by="chair")
    world.waiting = []
    world.live(3, busy=False)
    world.waiting = [act]
    text = look(world).by("days")
    assert "waits still, and is kept out of the ledger" in text


def test_a_row_of_before_the_ledger_without_a_digest_is_told_of_and_not_complained_about() -> None:
    world = World(3)
    world.today = BEGAN - ONE_DAY
    world.submit()
    world.today = BEGAN
    world.values = {}
    world.collect()
    world.batch()
    world.live(3, busy=False)
    (case,) = world.cases
    case.messages = [dataclasses.replace(each, digest=None) for each in case.messages]
    seen = look(world)
    assert seen.status == 0, seen.lines
    assert seen.verified is not None
    told = [line for check in seen.verified.checks for line in check.told.unchecked]
    assert any("of before the ledger have no digest" in line for line in told)


def test_a_digest_cannot_be_taken_out_of_a_row_that_the_ledger_has_seen(world: World) -> None:
    for case in world.cases:
        case.messages = [dataclasses.replace(each, digest=None) for each in case.messages]
    assert "when there was a ledger already" in look(world).by("records")


def test_a_ledger_continued_from_its_end_is_as_good_as_one(world: World) -> None:
    world.continue_ledger()
    world.live(2)
    world.morning()
    assert look(world).status == 0


def test_a_continued_ledger_cannot_hide_what_was_lost(world: World) -> None:
    lost, kept = world.ledger.newest, world.ledger
    kept.batches.pop()
    size, root = lost.size, world.root()
    del kept.entries[kept.newest.size :]
    world.continue_ledger(size=size, root=root)
    text = look(world).text
    gone = size - kept.newest.size
    assert f"of which {kept.newest.size} are left: {gone} entries were lost" in text


def test_a_continued_ledger_that_denies_the_loss_shows_against_what_was_seen(
    world: World,
) -> None:
    newest, kept = world.ledger.newest, world.ledger
    kept.batches.pop()
    del kept.entries[kept.newest.size :]
    world.continue_ledger()
    assert "is newer than this bundle" in look(world, since=newest.note).text


def test_a_continued_ledger_that_leaves_entries_behind_is_found(world: World) -> None:
    kept = world.ledger
    size = kept.batches[-2].size
    frontier = merkle.Frontier()
    frontier.extend(map(merkle.leaf_hash, kept.entries[:size]))
    world.continue_ledger(size=size, root=frontier.root())
    assert "those after were left behind" in look(world).by("ledgers")


def test_a_second_ledger_that_continues_nothing_is_found(world: World) -> None:
    world.continue_ledger()
    kept = world.ledger
    kept.entries[0] = entry.cover(world.today, bytes(32)).to_bytes()
    kept.sign_again()
    assert look(world).by("ledgers") == "ledger 2 does not say which one it continues"


def test_a_ledger_cannot_be_continued_in_its_middle(world: World) -> None:
    told = {"origin": "x", "size": 1, "root": "0" * 64}
    world.record("ledger.continued", data=told)
    world.morning()
    assert "is not the first of a new one" in look(world).text
