"""What the collector does for the ledger: promised nonces, closed days, proofs in mailboxes."""

import datetime
import hashlib
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from crypto import age, policy, receipt, tally
from crypto import entry as entry_format
from crypto import proof as proofs_format
from crypto.cosignature import Signer
from crypto.entry import tally_value
from crypto.identity import Identity
from crypto.policy import Policy
from crypto.proof import Proof
from intake import drop as door
from intake import schema as drop_schema
from intake.proofs import unpad_proof
from review.collector import Collector
from review.ledger import continue_ledger, take_cosigned
from review.store import entries, ledger
from review.store.database import reading
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ledgers
from tests.review.collecting import close, close_days, collector_of, forge, retry, run
from tests.review.ledgers import AUDITOR, batch, keeper
from tests.stores import here

pytestmark = pytest.mark.stores


def deposits(installation: Installation) -> list[Any]:
    table = drop_schema.deposits
    with door.reading(installation.drop) as connection:
        return list(connection.execute(select(table).order_by(table.c.n)))


def promised(installation: Installation) -> set[str]:
    """The values that intake has tallied."""
    with door.reading(installation.drop) as connection:
        return set(connection.execute(select(drop_schema.tally.c.value)).scalars())


def pending(collector: Collector, kind: str) -> list[entries.Pending]:
    with reading(collector.book) as connection:
        return [each for each in entries.pending(connection) if each.type.endswith(kind)]


def test_an_entry_is_the_one_that_intake_has_counted(
    installation: Installation, submitter: Submitter
) -> None:
    """Attack: a collector that drops a deposit and records another one in its place."""
    collector = collector_of(installation)
    received = pending(collector, ".received")
    assert [each.message_n for each in received] == [1, 2]
    values = {tally_value(str(each.digest), each.nonce) for each in received}
    assert values == promised(installation)
    assert {each.nonce.hex() for each in received} == {
        each.nonce for each in deposits(installation)
    }
    close(collector)


def test_a_deposit_from_before_there_was_a_tally_has_a_nonce_of_its_own(
    installation: Installation,
) -> None:
    forge(installation, "early", nonce=None)
    forge(installation, "early and bad", nonce=None, routing=b"nothing")
    collector = collector_of(installation)
    assert run(collector).submissions == 1
    (received,) = pending(collector, ".received")
    (set_aside,) = pending(collector, "set-aside")
    assert len(received.nonce) == len(set_aside.nonce) == 32
    close(collector)


def test_what_is_set_aside_is_told_with_its_digest_and_nonce(installation: Installation) -> None:
    """Attack: a deposit put aside for ever, of which nobody but the collector knows."""
    forge(installation, "bad", routing=b"nothing")
    collector = collector_of(installation)
    run(collector)
    run(collector)
    (told,) = pending(collector, "set-aside")
    assert (told.data, told.case_id, told.on) == ({"reason": "routing"}, None, committee.TODAY)
    assert {tally_value(str(told.digest), told.nonce)} == promised(installation)
    retry(collector)
    run(collector)
    assert len(pending(collector, "set-aside")) == 2
    close(collector)


BAD = {"commitment": "x" * 64, "slices": -1}


@pytest.mark.parametrize("column", BAD)
def test_a_deposit_that_no_entry_could_tell_of_is_set_aside_and_blocks_nobody(
    installation: Installation, column: str
) -> None:
    """Attack: a public host that was taken over, with one row that ends every collection."""
    forge(installation, "bad", **{column: BAD[column]})
    installation.submitter("good").submit()
    collector = collector_of(installation)
    done = run(collector)
    assert done.submissions == 1
    assert len(done.problems) == 1
    (told,) = pending(collector, "set-aside")
    assert told.data["reason"] in ("malformed", "slices")
    assert run(collector).problems == []
    close(collector)


@pytest.mark.parametrize("nonce", ["", "x" * 64, "AB" * 32, "ab" * 31])
def test_a_nonce_that_is_none_is_not_taken_over(installation: Installation, nonce: str) -> None:
    forge(installation, "bad", nonce=nonce)
    collector = collector_of(installation)
    assert run(collector).submissions == 1
    (received,) = pending(collector, ".received")
    assert received.nonce.hex() != nonce
    close(collector)


@pytest.mark.parametrize("document", [b"", b"{}\n{}", b"not a tally"])
def test_a_day_that_is_no_tally_is_told_and_breaks_no_bundle(
    installation: Installation, document: bytes
) -> None:
    """Attack: a public host that was taken over, and an auditor who can verify nothing any more."""
    close_days(installation)
    table = drop_schema.tally_days
    with door.writing(installation.drop) as connection:
        days = list(connection.execute(select(table.c.on)).scalars())
        values = {"on": days[0] - datetime.timedelta(days=1), "document": document}
        connection.execute(table.insert().values(**values, collected=False))
    collector = collector_of(installation)
    done = run(collector)
    assert done.problems == [f"the tally of {values['on']} is not one that intake makes"]
    assert [on for on, _ in kept_days(collector)] == days
    close(collector)


def kept_days(collector: Collector) -> list[tuple[datetime.date, bytes]]:
    with reading(collector.book) as connection:
        return list(ledger.tally_days(connection))


def test_closed_days_come_into_the_book_and_are_told(
    installation: Installation, submitter: Submitter
) -> None:
    close_days(installation)
    collector = collector_of(installation)
    done = run(collector)
    assert done.days == len(kept_days(collector)) >= 1
    on, document = kept_days(collector)[-1]
    day = tally.parse(document)
    assert (day.on, len(day.deposits), on) == (committee.TODAY, 2, committee.TODAY)
    told = {each.data["day"]: each.data["tally"] for each in pending(collector, "tally.closed")}
    assert told == {
        on.isoformat(): hashlib.sha256(document).hexdigest()
        for on, document in kept_days(collector)
    }
    with door.reading(collector.drop) as connection:
        assert door.closed_days(connection) == []
    assert run(collector).days == 0
    assert len(pending(collector, "tally.closed")) == len(told)
    close(collector)


def test_a_day_is_never_replaced_by_another_one_of_the_same_date(
    installation: Installation,
) -> None:
    """Attack: a drop that closes a day twice, the second time without a deposit."""
    close_days(installation)
    collector = collector_of(installation)
    run(collector)
    before = kept_days(collector)
    on, document = before[-1]
    parsed = tally.parse(document)
    key = committee.seed("another key of the day")
    seed = committee.statement_seed()
    other = tally.close(parsed.installation, on, ["ab" * 32], key, seed)
    installation.drop.dispose()
    with here().unguarded(installation.url("drop")) as execute:
        change = 'UPDATE tally_days SET document = ?, collected = (0 = 1) WHERE "on" = ?'
        execute(change, (other, on.isoformat()))
    done = run(collector)
    assert done.problems == [f"the tally of {on} is another one than the book has"]
    assert kept_days(collector) == before
    assert len(pending(collector, "tally.closed")) == len(before)
    close(collector)


def proofs_of(installation: Installation, submitter: Submitter) -> list[Proof | None]:
    """What is in the mailbox for each message, opened with the receipt code."""
    identity = Identity.from_seed(submitter.keys.mailbox_seed)
    with door.reading(installation.drop) as connection:
        found = door.read_mailbox(connection, receipt.mailbox_id(submitter.keys.lookup))
    assert found is not None
    return [
        None
        if each.proof is None
        else proofs_format.parse(unpad_proof(age.open_sealed(each.proof, [identity])))
        for each in found.receipts
    ]


def check(submitter: Submitter, proof: Proof | None, n: int, rules: Policy) -> int:
    """Return the size of the tree that a proof is of, if it proves this message."""
    assert proof is not None
    assert proof.extra is not None
    entry = entry_format.parse(proof.extra)
    entry.check_case(submitter.case_id)
    assert entry.type == ("submission.received" if n == 1 else "follow-up.received")
    return proof.check(proof.extra, rules).checkpoint.size


def test_a_proof_waits_in_the_mailbox_after_the_next_batch(
    installation: Installation, submitter: Submitter
) -> None:
    collector = collector_of(installation)
    run(collector)
    assert proofs_of(installation, submitter) == [None, None]
    batch(installation)
    done = run(collector)
    assert (done.proofs, done.problems) == (2, [])
    rules = ledgers.rules()
    for n, proof in enumerate(proofs_of(installation, submitter), 1):
        assert check(submitter, proof, n, rules) == 16
    submitter.follow_up("and more")
    assert run(collector).proofs == 0
    batch(installation)
    assert run(collector).proofs == 1
    sizes = [check(submitter, proof, n + 1, rules)
             for n, proof in enumerate(proofs_of(installation, submitter))]  # fmt: skip
    assert sizes == [16, 16, 32]
    assert run(collector).proofs == 0
    close(collector)


def believing(collector: Collector) -> Collector:
    """A collector whose policy wants the auditor's cosignature."""
    wanted = ledgers.policy_text(AUDITOR).replace(b"quorum none", b"quorum w0")
    return replace(collector, policy=policy.parse(wanted))


def cosign(installation: Installation) -> None:
    note = ledgers.cosigned(installation)
    take_cosigned(installation.book, ledgers.rules(AUDITOR), note)


def test_a_proof_is_posted_again_when_enough_have_cosigned(
    installation: Installation, submitter: Submitter
) -> None:
    collector = believing(collector_of(installation))
    wanted = collector.policy
    assert wanted is not None
    batch(installation)
    assert run(collector).proofs == 2
    assert run(collector).proofs == 0
    alone = proofs_of(installation, submitter)[0]
    assert alone is not None
    assert len(alone.note.signatures) == 1
    batch(installation)
    assert run(collector).proofs == 0
    cosign(installation)
    assert run(collector).proofs == 2
    for n, proof in enumerate(proofs_of(installation, submitter), 1):
        assert check(submitter, proof, n, wanted) == 32
    batch(installation)
    cosign(installation)
    assert run(collector).proofs == 0
    close(collector)


def test_what_came_after_the_last_cosigned_checkpoint_is_proven_by_the_keeper_meanwhile(
    installation: Installation, submitter: Submitter
) -> None:
    collector = believing(collector_of(installation))
    batch(installation)
    cosign(installation)
    submitter.follow_up("later")
    run(collector)
    batch(installation)
    assert run(collector).proofs == 1
    found = proofs_of(installation, submitter)
    assert [len(each.note.signatures) for each in found if each] == [2, 2, 1]
    close(collector)


def test_a_stored_hash_that_was_changed_gives_nobody_a_wrong_proof(
    installation: Installation, submitter: Submitter
) -> None:
    """Attack: a submitter who is handed a file that proves nothing."""
    batch(installation)
    with here().unguarded(installation.url("book")) as execute:
        execute("UPDATE ledger_nodes SET hash = zeroblob(32) WHERE level < 4")
    collector = collector_of(installation)
    done = run(collector)
    assert len(done.problems) == 2
    assert all("is not posted" in problem for problem in done.problems)
    assert proofs_of(installation, submitter) == [None, None]
    close(collector)


def test_proofs_of_an_ended_ledger_are_still_posted(
    installation: Installation, submitter: Submitter
) -> None:
    batch(installation)
    other = Signer("underrose/tests/2", committee.seed("second ledger"))
    continue_ledger(keeper(installation, other), committee.TODAY, ledgers.AT)
    collector = collector_of(installation)
    assert run(collector).proofs == 2
    for n, proof in enumerate(proofs_of(installation, submitter), 1):
        assert check(submitter, proof, n, ledgers.rules()) == 16
    close(collector)
