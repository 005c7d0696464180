"""The submitter's side of a disposition: a code like none, a proof that still holds."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crypto import entry, merkle, proof, strict
from crypto.__main__ import main
from intake.mailbox import Sent
from review import ledger
from tests import committee, node
from tests.browser.installation import Installation
from tests.intake.house import House
from tests.review import disposed, ending, ledgers
from tests.review.disposed import DEEDS, Seen, Sender, seen, send_submission, undisturbed
from tests.review.tables import rows

UNKNOWN = "This code does not open anything here."
KINDS = ("submission.received", "follow-up.received")
CHECK = """
import { readFileSync } from "node:fs";
import { checkProof } from "./intake/web/js/proofs.js";
import { b64 } from "./crypto/browser/src/strict.js";
function found({ proof, statement, rosters, rootKey, ...plain }) {
  const read = { proof: b64(proof), statement: statement === null ? null : b64(statement) };
  const known = { rosters: rosters.map((each) => b64(each)), rootKey: b64(rootKey) };
  return checkProof({ ...read, ...known, ...plain });
}
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(found)));
"""


@dataclass(frozen=True)
class Ended:
    """An installation that disposed of the cases of two senders, and what each had saved."""

    installation: Installation
    house: House
    senders: tuple[Sender, ...]
    case_ids: tuple[str, ...]
    saved: tuple[tuple[Sent, ...], ...]


@pytest.fixture
def ended(installation: Installation) -> Iterator[Ended]:
    """The door is open again on the day of the execution, as a process that knows of nothing."""
    before = disposed.door(installation, committee.TODAY)
    senders = disposed.written(before)
    disposed.answered(installation, before, *senders)
    saved = tuple(disposed.saved(before, each) for each in senders)
    case_ids = tuple(disposed.case_of(before, each) for each in senders)
    before.engine.dispose()
    disposed.dispose_of(installation, *case_ids)
    after = disposed.door(installation, ending.COOLED)
    yield Ended(installation, after, senders, case_ids, saved)
    after.engine.dispose()


def all_seen(house: House, sender: Sender) -> dict[str, Seen]:
    with undisturbed():
        return {name: seen(house, sender, deed) for name, deed in DEEDS.items()}


@pytest.mark.stores
def test_whatever_is_asked_with_a_disposed_code_is_answered_as_with_one_never_given(
    ended: Ended,
) -> None:
    """Attack 9: finding out by any request that a code was once good.

    The same status, headers and bytes, the same statements with as many rows, and the same calls.
    """
    stranger = ended.senders[0].stranger()
    # What a process does once only is not what is compared.
    all_seen(ended.house, stranger)
    expected = all_seen(ended.house, ended.senders[1].stranger())
    for sender in ended.senders:
        assert all_seen(ended.house, sender) == expected
    assert UNKNOWN in expected["the page"].body.decode()
    assert UNKNOWN in expected["an answered form by the page"].body.decode()
    assert all(each.asked for each in expected.values())
    assert {each.status for each in expected.values()} == {200, 204, 404, 422}


@pytest.mark.stores
def test_what_is_sent_with_a_disposed_code_goes_the_way_of_one_never_given(ended: Ended) -> None:
    """Attack 9: what stays in the drop or comes to the book only because the code was once good.

    A further message is refused and kept nowhere, and the very form that made a case is one that
    never came.
    """
    drop, book = ended.house.rows(), rows(ended.installation.book)
    further = {name: deed for name, deed in DEEDS.items() if "slice" not in name}
    for sender in ended.senders:
        statuses = {deed(ended.house, sender).status_code for deed in further.values()}
        assert statuses == {200, 404, 422}
    assert ended.house.rows() == drop
    done = ended.installation.collect(ending.COOLED)
    assert (done.submissions, done.follow_ups) == (0, 0)
    assert rows(ended.installation.book) == book
    for sender in ended.senders:
        # What a process does once only is not what is compared.
        send_submission(ended.house, sender.stranger())
        with undisturbed():
            found, expected = (
                seen(ended.house, each, send_submission) for each in (sender, sender.stranger())
            )
        assert found == expected
        assert (expected.rows["mailboxes"], expected.rows["deposits"]) == (1, 1)


def in_words(read: Sent, folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What `python -m crypto verify` says of a saved proof, a line each."""
    assert read.proof is not None
    (folder / "saved.tlog-proof").write_bytes(read.proof)
    (folder / "policy").write_bytes(ledgers.policy_text())
    names = [str(folder / name) for name in ("saved.tlog-proof", "policy")]
    assert main(["verify", "--proof", names[0], "--policy", names[1]]) == 0
    return capsys.readouterr().out.splitlines()


@pytest.mark.stores
def test_a_proof_that_was_saved_before_its_case_was_disposed_of_verifies_after(
    ended: Ended, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also in the tree of the ledger that the job's own entries are in."""
    ledgers.batch(ended.installation, ending.COOLED)
    for case_id, saved in zip(ended.case_ids, ended.saved, strict=True):
        for kind, each in zip(KINDS, saved, strict=True):
            assert each.proof is not None
            read = proof.parse(each.proof)
            what = entry.parse(read.extra or b"")
            what.check_case(case_id)
            assert (what.type, what.on) == (kind, committee.TODAY)
            before = read.check(read.extra or b"", ledgers.rules()).checkpoint
            shown = proof.parse_consistency(
                ledger.consistency(ended.installation.book, before.size)
            )
            after = ledgers.rules().check(shown.note).checkpoint
            assert after.size > before.size
            merkle.verify_consistency(
                before.size, before.root, after.size, after.root, shown.hashes
            )
            said = in_words(each, tmp_path, capsys)
            assert said[0].endswith("was received, on 2026-11-21")


@pytest.mark.node
@pytest.mark.sqlite("what a script checks has no database")
def test_the_page_s_own_check_of_proofs_still_holds_for_one_saved_before(ended: Ended) -> None:
    """The same bytes are checked as in the test before, by the script, with no server to ask."""
    asked = [
        asked_of(each, case_id, kind)
        for case_id, saved in zip(ended.case_ids, ended.saved, strict=True)
        for kind, each in zip(KINDS, saved, strict=True)
    ]
    other = {**asked[0], "caseId": "ab" * 32}
    done = node.run("--input-type=module", "--eval", CHECK, given=json.dumps([*asked, other]))
    assert done.returncode == 0, done.stderr
    *found, refused = json.loads(done.stdout)
    for each in found:
        assert (each["holds"], each["keeper"]) == (True, "checked")
        assert each["on"] == committee.TODAY.isoformat()
    assert len(found) == len(asked) == 4
    assert refused == {"holds": False, "reason": "other"}


def asked_of(saved: Sent, case_id: str, kind: str) -> dict[str, object]:
    """What the page would give its check, as JSON."""
    assert saved.proof is not None
    return {
        "proof": strict.to_b64(saved.proof),
        "statement": None if saved.statement is None else strict.to_b64(saved.statement),
        "kind": kind,
        "caseId": case_id,
        "rosters": [strict.to_b64(committee.roster().document)],
        "rootKey": strict.to_b64(committee.ROOT_KEY),
        "installation": committee.INSTALLATION,
    }
