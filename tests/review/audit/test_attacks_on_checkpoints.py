"""Forks, old bundles, other keys and other times: what the signatures give away."""

import dataclasses

import pytest

from crypto import note, policy, strict
from crypto.checkpoint import Checkpoint
from crypto.cosignature import Signer
from crypto.errors import MalformedNote
from crypto.note import Note
from crypto.policy import Policy, Witness
from tests import committee
from tests.review.audit.company import AUDITOR, ONE_DAY, seconds
from tests.review.audit.looking import changed, files, look
from tests.review.audit.world import World

OTHER = Signer("other.example/heidi", committee.seed("other cosigner"))


def asking(quorum: int, *signers: Signer) -> Policy:
    """A policy that lists the ledger and wants so many of these cosigners."""
    lines = [f"log {committee.ledger_signer().key.text}"]
    lines += [f"witness w{at} {each.key.text}" for at, each in enumerate(signers)]
    names = " ".join(f"w{at}" for at in range(len(signers)))
    lines += [f"group some {quorum} {names}", "quorum some"] if signers else ["quorum none"]
    return policy.parse("".join(f"{line}\n" for line in lines).encode())


def told_unchecked(world: World, **asked: object) -> str:
    verified = look(world, **asked).verified  # type: ignore[arg-type]
    assert verified is not None
    return "\n".join(line for each in verified.checks for line in each.told.unchecked)


def sign_newest(world: World, signer: Signer, at: int) -> None:
    kept = world.ledger
    head = Checkpoint(kept.signer.name, kept.newest.size, world.root())
    signature = signer.sign(head, at)
    kept.batches[-1] = dataclasses.replace(kept.newest, note=Note(head.text, (signature,)))


def test_a_fork_shown_to_one_cosigner_is_found_by_what_the_cosigner_kept() -> None:
    """Two trees of one origin, each whole, signed and cosigned by somebody."""
    one, other = World(7), World(7)
    for each in (one, other):
        each.batch()
        each.submit()
        each.live(4)
    other.record("login.started", by="chair", data={"means": "password"})
    for each in (one, other):
        each.morning()
    kept = one.cosign()
    for _ in range(2):
        other.morning()
    other.cosign(OTHER)
    assert look(one).status == look(other).status == 0
    seen = look(other, since=kept)
    assert seen.status == 1
    text = seen.by("since")
    assert "the ledger was rewritten" in text
    assert strict.to_b64(one.root()) in text


def test_an_old_bundle_played_again_is_found(world: World) -> None:
    old = world.bundle()
    world.morning()
    seen = look(old, since=world.ledger.newest.note)
    assert seen.status == 1
    assert "is newer than this bundle" in seen.by("since")


def test_a_bundle_that_continues_what_was_seen_holds(world: World) -> None:
    before = world.ledger.batches[1].note
    seen = look(world, since=before)
    assert seen.status == 0
    assert seen.verified is not None
    assert "seen last time" not in told_unchecked(world, since=before)


def test_a_checkpoint_seen_between_two_batches_is_compared_too(world: World) -> None:
    """A keeper could have signed a size that is in no bundle."""
    kept = world.ledger
    batch = kept.sign(world.today, 24)
    assert look(world, since=batch.note).status == 0
    head = Checkpoint(kept.signer.name, 24, bytes(32))
    forged = Note(head.text, (kept.signer.sign(head, seconds(world.today)),))
    assert "rewritten" in look(world, since=forged).by("since")


def test_what_was_seen_of_another_ledger_is_not_compared_with_this_one(world: World) -> None:
    """Its keeper's key is on no roster, so nothing that it has signed counts."""
    other = Signer("ledger.example/other", committee.seed("ledger"))
    head = Checkpoint(other.name, 16, bytes(32))
    seen = look(world, since=Note(head.text, (other.sign(head, 1),)))
    assert seen.status == 2
    assert "the checkpoint to compare with is not the keeper's" in seen.text


def test_a_forged_checkpoint_seen_last_time_is_not_compared(world: World) -> None:
    newest = world.ledger.newest.note
    signature = dataclasses.replace(newest.signatures[0], signature=bytes(2428))
    seen = look(world, since=dataclasses.replace(newest, signatures=(signature,)))
    assert seen.status == 2


def test_a_checkpoint_by_another_key_of_the_same_name_is_found(world: World) -> None:
    sign_newest(world, Signer(committee.LEDGER, committee.seed("thief")), seconds(world.today))
    assert "is not signed by a key of its keeper" in look(world).by("checkpoints")


def test_a_checkpoint_by_another_name_is_found(world: World) -> None:
    kept = world.ledger
    thief = Signer("ledger.example/thief", committee.seed("ledger"))
    head = Checkpoint(thief.name, kept.newest.size, world.root())
    signed = Note(head.text, (thief.sign(head, seconds(world.today)),))
    kept.batches[-1] = dataclasses.replace(kept.newest, note=signed)
    text = look(world).by("checkpoints")
    assert "is of another ledger" in text
    assert "is not signed by a key of its keeper" in text


def test_a_ledger_whose_key_nobody_vouches_for_cannot_be_verified(world: World) -> None:
    world.rosters = [committee.roster(demo=False, ledger_key=None)]
    seen = look(world)
    assert seen.status == 2
    assert seen.text.startswith("no roster and no policy has the key of the keeper of ledger 1")


def test_a_signature_that_does_not_verify_is_found(world: World) -> None:
    newest = world.ledger.newest
    line = newest.note.signatures[0]
    broken = dataclasses.replace(
        line, signature=line.signature[:-1] + bytes([line.signature[-1] ^ 1])
    )
    signed = dataclasses.replace(newest.note, signatures=(broken,))
    world.ledger.batches[-1] = dataclasses.replace(newest, note=signed)
    assert "is worth nothing" in look(world).by("checkpoints")


def test_a_clock_set_back_is_found_by_the_days_of_batches(world: World) -> None:
    world.today -= 3 * ONE_DAY
    world.batch()
    text = look(world).text
    assert "a clock was set back" in text
    assert "days:" in text
    assert "was signed before the one before it" in text


def test_a_batch_signed_on_another_day_than_its_own_is_found(world: World) -> None:
    sign_newest(world, world.ledger.signer, seconds(world.today + 3 * ONE_DAY))
    assert "and was signed on" in look(world).by("checkpoints")


def test_a_batch_signed_at_a_time_that_no_calendar_has_is_found(world: World) -> None:
    sign_newest(world, world.ledger.signer, (1 << 63) - 1)
    assert "a day that no calendar has" in look(world).by("checkpoints")


def test_a_batch_that_says_another_day_than_its_cover_is_found(world: World) -> None:
    """Nobody signs the day of a batch, so it is held against what is in the batch."""
    kept = world.ledger
    kept.batches[-1] = dataclasses.replace(kept.newest, on=kept.newest.on - ONE_DAY)
    text = look(world).by("days")
    assert "after the batch of" in text


def test_missing_days_are_found(world: World) -> None:
    world.today += 2 * ONE_DAY
    world.morning()
    assert "days are missing" in look(world).by("days")


def test_a_batch_that_is_not_a_multiple_of_sixteen_is_found(world: World) -> None:
    kept = world.ledger
    world.waiting = []
    world.record("login.started", by="chair", data={"means": "password"})
    world.batch()
    del kept.entries[kept.index("cover")]
    kept.batches[-1] = kept.sign(world.today)
    assert "does not end a batch of a multiple of sixteen" in look(world).by("checkpoints")


def test_cover_that_is_missing_is_found(world: World) -> None:
    kept = world.ledger
    kept.entries = [each for each in kept.entries if b'"cover"' not in each]
    kept.batches = [kept.sign(world.today)]
    seen = look(world)
    assert seen.status == 1
    assert "checkpoints" in seen.found


def test_a_batch_that_ends_where_the_one_before_did_is_found(world: World) -> None:
    kept = world.ledger
    kept.batches.insert(2, kept.batches[1])
    assert "is not larger than the one before it" in look(world).text


def test_two_ledgers_of_one_origin_in_a_bundle_are_a_fork(world: World) -> None:
    world.continue_ledger()
    kept = world.ledger
    kept.signer = world.ledgers[0].signer
    kept.sign_again()
    assert "is of another ledger" in look(world).text


def test_with_no_policy_the_report_says_who_could_have_rewritten_the_ledger(world: World) -> None:
    assert "whoever holds its key could have rewritten it" in told_unchecked(world)


def test_a_policy_without_cosigners_says_so_too(world: World) -> None:
    text = told_unchecked(world, policy=asking(0))
    assert "whoever holds its key could have rewritten it" in text


def test_a_ledger_cosigned_as_the_policy_wants_holds(world: World) -> None:
    world.cosign()
    seen = look(world, policy=asking(1, AUDITOR))
    assert seen.status == 0
    assert "rewritten" not in told_unchecked(world, policy=asking(1, AUDITOR))


def test_fewer_cosigners_than_the_policy_wants_is_an_exception(world: World) -> None:
    world.cosign()
    text = look(world, policy=asking(2, AUDITOR, OTHER)).by("cosignatures")
    assert text.startswith("no checkpoint is cosigned as the policy wants")
    assert "could have rewritten it" in text


def test_what_follows_the_newest_cosigned_checkpoint_is_told(world: World) -> None:
    world.cosign()
    size = world.ledger.newest.size
    world.morning()
    text = told_unchecked(world, policy=asking(1, AUDITOR))
    assert f"what follows entry {size} of ledger 1" in text


def test_a_cosignature_that_does_not_verify_is_worth_nothing(world: World) -> None:
    world.cosign()
    newest = world.ledger.newest
    keeper, line = newest.note.signatures
    broken = dataclasses.replace(
        line, signature=line.signature[:-1] + bytes([line.signature[-1] ^ 1])
    )
    signed = dataclasses.replace(newest.note, signatures=(keeper, broken))
    world.ledger.batches[-1] = dataclasses.replace(newest, note=signed)
    text = look(world, policy=asking(1, AUDITOR)).text
    assert "a cosignature of the checkpoint of" in text


def test_the_keeper_cannot_cosign_their_own_ledger(world: World) -> None:
    keeper = world.ledger.signer.key
    rules = Policy((), (Witness("w", keeper),), Witness("w", keeper))
    seen = look(world, policy=rules)
    assert seen.status == 2
    assert "counts the ledger's keeper" in seen.text


def test_a_policy_of_another_ledger_cannot_verify_this_one(world: World) -> None:
    """Unless a roster that the root key has signed says whose it is."""
    rules = policy.parse(f"log {OTHER.key.text}\nquorum none\n".encode())
    assert look(world, policy=rules, root_key=None).status == 2
    assert look(world, policy=rules).status == 0


def test_a_new_key_of_the_ledger_is_believed_from_a_roster_that_the_root_key_signed(
    world: World,
) -> None:
    world.continue_ledger()
    assert look(world, policy=asking(0), root_key=None).status == 2
    assert look(world, policy=asking(0)).status == 0


def test_another_key_in_a_roster_than_in_the_policy_is_found(world: World) -> None:
    thief = Signer(committee.LEDGER, committee.seed("thief"))
    world.rosters = [committee.roster(demo=False, ledger_key=thief.key.text)]
    text = look(world, policy=asking(0)).text
    assert "roster 1 has another key of the ledger than the policy" in text


def lines(world: World) -> list[bytes]:
    return files(world.bundle())["ledgers/1/checkpoints.jsonl"].splitlines(keepends=True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rb"\n32\n", rb"\n032\n"),
        (rb"\n32\n", rb"\n+32\n"),
        (rb"\n32\n", rb"\n32\nextension\n"),
        (rb"=\n", rb"\n"),
        (b'"size":32', b'"size":32.0'),
        (b'"size":32', b'"size": 32'),
        (b'{"note":', b'{"note":"","note":'),
        (b'"on":"20', b'"on":"+20'),
        ("\\n\u2014 ".encode(), "\\n\u2013 ".encode()),
        (rb"\n\n", rb"\n\n\n"),
        (b"\n", b"\r\n"),
    ],
    ids=[
        *("a zero", "a sign", "an extension", "no padding", "a fraction", "a space"),
        *("a name twice", "a signed year", "another dash", "an empty line", "a carriage return"),
    ],
)
def test_a_second_spelling_of_a_checkpoint_is_refused(world: World, old: bytes, new: bytes) -> None:
    there = lines(world)
    assert old in there[1]
    there[1] = there[1].replace(old, new, 1)
    seen = look(changed(world, checkpoints=b"".join(there)))
    assert seen.status in (1, 2)


def test_a_checkpoint_file_that_is_not_the_newest_is_found(world: World) -> None:
    seen = look(changed(world, checkpoint=world.ledger.batches[0].note.to_bytes()))
    assert "is not the newest checkpoint" in seen.by("files")
    assert look(changed(world, checkpoint=None)).status == 1


def test_a_key_that_signs_twice_is_refused(world: World) -> None:
    newest = world.ledger.newest
    twice = newest.note.to_bytes() + newest.note.signatures[0].line.encode() + b"\n"
    with pytest.raises(MalformedNote):
        note.parse(twice)
    text = strict.canonical(
        {"note": twice.decode(), "on": newest.on.isoformat(), "size": newest.size}
    )
    seen = look(changed(world, checkpoints=b"".join([*lines(world)[:-1], text + b"\n"])))
    assert seen.status == 2


def test_a_bundle_without_any_checkpoint_cannot_be_verified(world: World) -> None:
    world.ledger.batches.clear()
    seen = look(world)
    assert seen.status == 2
    assert "nothing to verify" in seen.text
