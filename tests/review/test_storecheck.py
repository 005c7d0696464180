"""What the host check finds, attack by attack, and that its report says no more than it must."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Connection, text

from crypto import attestation, entry, merkle
from crypto.errors import InvalidSignature
from review import storecheck
from review.app import create_app
from review.casework.course import Step
from review.settings import Settings, read_store_key
from review.store.shred import Locksmith
from review.storecheck import Checked, check_store
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ledgers
from tests.review.desk import sealed_form, wind
from tests.review.web.course import TRIAGED, Course

pytestmark = pytest.mark.stores

SIGNER = committee.ledger_signer()


def check(installation: Installation, *wanted: str, everything: bool = False) -> Checked:
    keys = Locksmith(committee.INSTALLATION, read_store_key(installation.folder / "store-key"))
    return check_store(
        installation.book,
        installation.shred,
        keys,
        None if everything else wanted,
        committee.TODAY,
        SIGNER,
    )


def problems(checked: Checked) -> list[str]:
    return [each.code for case in checked.cases for each in case.problems]


@pytest.fixture
def treated(installation: Installation, submitter: Submitter) -> Submitter:
    """A case with a message of every kind, half of it in the ledger and half waiting."""
    app = create_app(Settings.from_environ(installation.environment()), "interactive")
    wind(app)
    course = Course(app, submitter)
    course.reply()
    assert (
        course.desk("chair").post(f"{course.path}/notes", course.note("chair")).status_code == 204
    )
    ledgers.batch(installation)
    note = course.note("chair")
    state = sealed_form(app, submitter, "state", state="reading", next_on=None)
    told = {f"state_{name}": value for name, value in state.items()}
    act = course.act(Step.TRIAGE, {**TRIAGED, "sealed": [note["digest"]]})
    assert course.send(act, "chair", {**note, **told}).status_code == 204
    return submitter


def test_a_book_that_nobody_touched_has_no_exception(
    installation: Installation, treated: Submitter
) -> None:
    checked = check(installation, treated.case_id)
    assert checked.exceptions == 0
    (case,) = checked.cases
    assert (len(case.digests), case.slices) == (6, 1)


def test_the_report_is_signed_and_holds_hashes_and_counts_only(
    installation: Installation, treated: Submitter
) -> None:
    checked = check(installation, everything=True)
    report = attestation.verify(attestation.STORE_CHECK, checked.report, [SIGNER.key])
    assert report["everything"] is True
    assert report["made_on"] == "2026-11-21"
    head = report["checkpoint"]
    assert isinstance(head, dict)
    assert (head["origin"], head["size"]) == (SIGNER.name, 16)
    words = checked.report.decode()
    assert treated.case_id in words
    for secret in ("Revenue", "words", "page.txt", "chair", "Ada Winter"):
        assert secret not in words.replace(SIGNER.name, "")
    with pytest.raises(InvalidSignature):
        attestation.verify(attestation.AUDIT_REPORT, checked.report, [SIGNER.key])


def test_without_the_key_the_report_says_unsigned_by_having_no_signature(
    installation: Installation, treated: Submitter
) -> None:
    keys = Locksmith(committee.INSTALLATION, read_store_key(installation.folder / "store-key"))
    made = check_store(installation.book, installation.shred, keys, None, committee.TODAY, None)
    assert "signature" not in json.loads(made.report)
    assert json.loads(made.report)["cases"][0]["case"] == treated.case_id


def _sql(*statements: str) -> Callable[[Connection, str], None]:
    def change(connection: Connection, case_id: str) -> None:
        for statement in statements:
            found = connection.execute(text(statement), {"case": case_id})
            assert found.rowcount != 0, statement

    return change


def _with_its_hash(connection: Connection, case_id: str) -> None:
    for name in ("ledger_entries", "case_entries"):
        connection.execute(text(f"DROP TRIGGER {name}_no_update"))
    at = "WHERE instr(document, 'reply.left')"
    index, document = connection.execute(
        text(f'SELECT "index", document FROM ledger_entries {at}')
    ).one()
    changed = entry.parse(document)
    other = replace(changed, digest="ab" * 32).to_bytes()
    told = {"leaf": merkle.leaf_hash(other), "index": index}
    for name in ("ledger_entries", "case_entries"):
        where = 'WHERE "index" = :index'
        connection.execute(text(f"UPDATE {name} SET leaf_hash = :leaf {where}"), told)
    connection.execute(text(f"UPDATE ledger_entries SET document = :d {at}"), {"d": other})


ATTACKS = {
    "a row's bytes are changed": (
        _sql("UPDATE envelopes SET sealed = zeroblob(500) WHERE kind = 'reply'"),
        ["damaged"],
    ),
    "a message is taken out": (
        _sql("DELETE FROM envelopes WHERE kind = 'note' AND n = 2"),
        ["missing"],
    ),
    "a sealed row is moved into another's place": (
        _sql(
            "UPDATE envelopes SET sealed = (SELECT sealed FROM envelopes WHERE kind = 'reply')"
            " WHERE kind = 'submission'"
        ),
        ["damaged"],
    ),
    "a slice is taken out": (
        _sql("DELETE FROM slices WHERE case_id = :case"),
        ["slice-missing"],
    ),
    "a slice is changed": (
        _sql("UPDATE slices SET sealed = zeroblob(100) WHERE case_id = :case"),
        ["slice-damaged"],
    ),
    "an entry that waits is given another digest": (
        _sql(
            "DROP TRIGGER pending_entries_no_update",
            f"UPDATE pending_entries SET digest = '{'ab' * 32}' WHERE type = 'note.left'",
        ),
        ["differs"],
    ),
    "an entry of the ledger is changed": (
        _sql(
            "DROP TRIGGER ledger_entries_no_update",
            "UPDATE ledger_entries SET document = x'7b7d' WHERE instr(document, 'reply.left')",
        ),
        ["no-leaf", "differs"],
    ),
    "an entry of the ledger becomes a text": (
        _sql(
            "DROP TRIGGER ledger_entries_no_update",
            "UPDATE ledger_entries SET document = replace(document, 'RECEIVED', 'OPENED')"
            " WHERE instr(document, 'reply.left')",
        ),
        ["no-leaf", "differs"],
    ),
    "an entry of the ledger is taken out": (
        _sql(
            "DROP TRIGGER ledger_entries_no_delete",
            "DELETE FROM ledger_entries WHERE instr(document, 'reply.left')",
        ),
        ["no-leaf", "differs"],
    ),
    "a row's bytes become a text": (
        _sql("UPDATE envelopes SET sealed = 'words' WHERE kind = 'reply'"),
        ["damaged"],
    ),
    "a slice becomes a text": (
        _sql("UPDATE slices SET sealed = 'words' WHERE case_id = :case"),
        ["slice-damaged"],
    ),
    "an entry is changed together with its hash in both tables": (
        _with_its_hash,
        ["no-leaf", "differs"],
    ),
    "an entry of the ledger is listed for another case": (
        _sql(
            "DROP TRIGGER case_entries_no_update",
            'UPDATE case_entries SET "index" = (SELECT "index" FROM ledger_entries'
            " WHERE instr(document, 'cover')), leaf_hash = (SELECT leaf_hash FROM ledger_entries"
            " WHERE instr(document, 'cover')) WHERE n = 1",
        ),
        ["other-case", "differs"],
    ),
    "a message is counted as another kind": (
        _sql("UPDATE envelopes SET kind = 'state' WHERE kind = 'reply'"),
        ["differs", "missing"],
    ),
}


@pytest.mark.sqlite("changed past the triggers of a file; what is read of it is the same on both")
@pytest.mark.parametrize("attack", ATTACKS)
def test_what_was_changed_in_the_book_is_named(
    installation: Installation, treated: Submitter, attack: str
) -> None:
    """Attack: a row changed behind the ledger's back."""
    change, expected = ATTACKS[attack]
    with installation.book.begin() as connection:
        change(connection, treated.case_id)
    checked = check(installation, treated.case_id)
    # The batch is shuffled: an entry of the case may stand beside the changed one, and proves
    # itself by that one's hash. Then it is no leaf of the signed tree either.
    found = list(dict.fromkeys(problems(checked)))
    assert found == expected
    listed = json.loads(checked.report)["cases"][0]["exceptions"]
    assert list(dict.fromkeys(each["what"] for each in listed)) == expected


def test_a_case_without_its_shred_key_is_an_exception(
    installation: Installation, treated: Submitter
) -> None:
    with installation.shred.begin() as connection:
        connection.execute(text("DELETE FROM shred_keys"))
    assert problems(check(installation, everything=True)) == ["no-key"]


def test_a_case_that_the_auditor_knows_and_the_book_does_not_is_an_exception(
    installation: Installation, treated: Submitter
) -> None:
    """Attack: taking a whole case out, and answering that there is no such case."""
    checked = check(installation, treated.case_id, "ab" * 32)
    assert [(each.case == treated.case_id, len(each.problems)) for each in checked.cases] == [
        (True, 0),
        (False, 1),
    ]
    assert problems(checked) == ["gone"]


def test_every_problem_is_a_sentence_of_its_own() -> None:
    made = [storecheck.Problem(code) for code in storecheck.PROBLEMS]
    assert len({each.sentence for each in made}) == len(storecheck.PROBLEMS)
    assert replace(made[0], kind="reply", n=2).sentence.startswith("reply 2: ")
    assert replace(made[0], kind="reply.left").sentence.startswith("reply.left: ")
