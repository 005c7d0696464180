"""Files of dispositions that were taken away, changed or put in: each is found, one to one."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from crypto import strict
from crypto.certificate_parts import Approver, Head
from crypto.certifying import Certificate, parse
from review.audit.disposed import CERTIFICATE, MANIFEST, OUTCOME, Stayed, file_of
from tests import committee
from tests.review.audit import ended
from tests.review.audit.ended import Ending, certificate, certify, execute, expire, line_of, propose
from tests.review.audit.looking import files, look, packed

Change = Callable[[dict[str, object]], object]


@pytest.fixture
def gone() -> Ending:
    """Two records went yesterday, and nobody has certified it."""
    return ended.gone()


def altered(made: Certificate, change: Change) -> Certificate:
    """A certificate with something of it changed."""
    value = strict.parse_canonical(made.document)
    assert isinstance(value, dict)
    change(value)
    return parse(strict.canonical(value))


def with_files(made: Ending, **changed: bytes | None) -> bytes:
    """The bundle with files of the disposition replaced, or for None left out."""
    there = files(made.world.bundle())
    for name, data in changed.items():
        path = file_of(made.manifest.id, f"{name}.json")
        if data is None:
            del there[path]
        else:
            there[path] = data
    return packed(there)


def put(made: Ending, **parts: object) -> None:
    """The disposition with another manifest, outcome or certificate."""
    at, there = ended.found(made.world, made.manifest)
    made.world.dispositions[at] = replace(there, **parts)  # type: ignore[arg-type]


# -- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [MANIFEST, OUTCOME, CERTIFICATE])
def test_a_file_of_a_disposition_that_was_taken_away_is_found(name: str) -> None:
    made = ended.ended()
    assert look(with_files(made, **{name.removesuffix(".json"): None})).status != 0


def test_a_disposition_that_was_taken_away_whole_is_found() -> None:
    made = ended.ended()
    made.world.dispositions.clear()
    said = look(made.world).said("dispositions")
    for kind in ("proposed", "approved", "verified"):
        assert f"is a disposition.{kind} of a manifest that is not there" in said
    assert "is a backup.expired of a manifest that is not there" in said
    assert said.count("which is on no such manifest") == len(made.cases)


@pytest.mark.parametrize("name", [MANIFEST, OUTCOME, CERTIFICATE])
def test_any_byte_changed_in_a_file_of_a_disposition_is_found(name: str) -> None:
    made = ended.ended()
    there = files(made.world.bundle())
    path = file_of(made.manifest.id, name)
    rng = made.world.rng
    for _ in range(25):
        data = bytearray(there[path])
        at = rng.randrange(len(data))
        data[at] = rng.choice([byte for byte in range(32, 127) if byte != data[at]])
        assert look(packed({**there, path: bytes(data)})).status != 0, (at, data[at - 20 : at + 20])


def test_a_disposition_that_is_there_twice_is_found() -> None:
    """Attack: the same manifest under another id."""
    made = ended.ended()
    there = files(made.world.bundle())
    for name in (MANIFEST, OUTCOME, CERTIFICATE):
        there[file_of("ab" * 16, name)] = there[file_of(made.manifest.id, name)]
    seen = look(packed(there))
    assert seen.status == 2
    assert "has a file of another one" in seen.text


def test_a_disposition_that_the_ledger_does_not_know_is_found() -> None:
    world, cases = ended.due()
    propose(world, line_of(world, cases[0]))
    world.waiting.pop()
    assert "was proposed by 0 entries" in look(world).by("dispositions")


def test_a_manifest_that_is_proposed_twice_or_otherwise_than_told_is_found() -> None:
    world, cases = ended.due()
    manifest = propose(world, line_of(world, cases[0]), told=2)
    data = {"manifest": manifest.hash, "records": 1}
    world.record("disposition.proposed", by=manifest.by, data=data)
    world.morning()
    said = look(world).by("dispositions")
    assert "was proposed by 2 entries" in said
    assert "tells of another person, day or number" in said


# -- stubs ---------------------------------------------------------------------------------------


def test_a_stub_that_was_taken_away_is_found(gone: Ending) -> None:
    outcome = gone.disposed.outcome
    put(gone, outcome=replace(outcome, gone=outcome.gone[:1]))
    assert "whose stub is not there" in look(gone.world).by("dispositions")


@pytest.mark.parametrize(
    "values",
    [
        *({"record_class": "RC-01"}, {"version": 3}, {"executed": committee.TODAY}),
        *({"triggered": committee.TODAY}, {"due": committee.TODAY}),
    ],
)
def test_a_stub_that_was_changed_is_found(gone: Ending, values: dict[str, object]) -> None:
    outcome = gone.disposed.outcome
    first = replace(outcome.gone[0], **values)  # type: ignore[arg-type]
    put(gone, outcome=replace(outcome, gone=(first, *outcome.gone[1:])))
    assert "says something else" in look(gone.world).by("dispositions")


def test_a_stub_of_a_case_that_is_there_is_found() -> None:
    """Attack: the book says that a record went, and the ledger does not."""
    made = ended.cooled()
    world = made.world
    execute(world, made.manifest, made.case)
    world.waiting.pop()
    seen = look(world)
    assert "no entry says that it went" in seen.said("dispositions")
    assert "the book says that" in seen.said("records")


def test_a_case_that_is_gone_from_the_book_without_a_disposition_is_found() -> None:
    """Attack: a case is removed, and nobody is told of it (RA-01)."""
    world = ended.ended().world
    other = ended.retain(world)
    assert look(world).status == 0
    world.cases.remove(other)
    assert "of which the book has no record" in look(world).said("chains")


def test_a_record_that_says_it_was_disposed_of_and_was_not_is_found() -> None:
    made = ended.cooled()
    execute(made.world, made.manifest, made.case)
    made.world.waiting.pop()
    made.world.dispositions.clear()
    assert "says that" in look(made.world).said("records")


def test_a_stub_with_other_messages_than_were_approved_is_found(gone: Ending) -> None:
    """Attack: what was approved is not what went."""
    outcome, manifest = gone.disposed.outcome, gone.manifest
    assert outcome.gone
    made = ended.cooled()
    lines = [replace(each, content="ab" * 32) for each in manifest.records]
    other = propose(made.world, *lines)
    for case in made.cases:
        execute(made.world, other, case)
    made.world.morning()
    said = look(made.world).said("dispositions")
    assert said.count("has other messages than those that were approved") == len(lines)


def test_a_record_that_goes_twice_or_of_another_class_is_found() -> None:
    made = ended.cooled()
    world = made.world
    execute(world, made.manifest, made.case, record_class="RC-01")
    data = {"manifest": made.manifest.hash, "record_class": "RC-04", "version": 0}
    world.record("disposition.executed", made.case, data=data)
    world.morning()
    seen = look(world)
    assert "names another class or version than the manifest" in seen.said("dispositions")
    assert "comes after the case was disposed of" in seen.said("histories")


def test_what_happens_in_a_case_that_has_gone_is_found(gone: Ending) -> None:
    gone.world.record("case.read", gone.case, by="chair")
    gone.world.morning()
    assert "comes after the case was disposed of" in look(gone.world).said("histories")


def test_a_record_that_went_and_is_said_to_have_stayed_is_found(gone: Ending) -> None:
    outcome = gone.disposed.outcome
    stayed = Stayed(gone.case.id, "CHANGED", gone.world.today)
    others = tuple(each for each in outcome.gone if each.case != gone.case.id)
    put(gone, outcome=replace(outcome, gone=others, left_out=(stayed,)))
    assert "stayed, and it went" in look(gone.world).said("dispositions")


# -- certificates --------------------------------------------------------------------------------


def test_what_went_and_was_never_certified_is_found_after_two_days(gone: Ending) -> None:
    assert look(gone.world).status == 0
    gone.world.live(2, busy=False)
    seen = look(gone.world)
    assert seen.by("dispositions").count("is on no certificate") == len(gone.cases)


def test_a_certificate_that_was_altered_is_found(gone: Ending) -> None:
    made = certify(gone.world, gone.manifest)
    gone.world.morning()

    def later(value: dict[str, object]) -> None:
        value["software"] = "underrose 0.2.1"

    put(gone, certificate=altered(made, later))
    assert "is not the one that" in look(gone.world).by("dispositions")


def test_a_certificate_without_an_entry_or_with_two_is_found(gone: Ending) -> None:
    made = certify(gone.world, gone.manifest)
    gone.world.waiting.pop()
    assert "is in 0 entries" in look(gone.world).by("dispositions")
    certify(gone.world, gone.manifest, made)
    certify(gone.world, gone.manifest, made)
    gone.world.morning()
    assert "is in 2 entries" in look(gone.world).by("dispositions")


def _of(name: str, value: object) -> Change:
    return lambda fields: fields.update({name: value})


def _without_a_record(value: dict[str, object]) -> None:
    records = value["records"]
    assert isinstance(records, list)
    records.pop()


def _left_out(value: dict[str, object]) -> None:
    records = value["records"]
    assert isinstance(records, list)
    records[0] |= {"executed": None, "holds": None, "reason": "ON_HOLD"}


def _held(value: dict[str, object]) -> None:
    records = value["records"]
    assert isinstance(records, list)
    records[0] |= {"holds": "ab" * 32}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_of("manifest", "ab" * 32), "is of another manifest"),
        (_of("act", "ab" * 32), "names another act"),
        (_of("by", "counsel"), "somebody else proposed it"),
        (_of("cooling", 0), "time to cool"),
        (_of("proposed", "2026-11-03"), "another day"),
        (
            _of("approved", "2026-11-03"),
            "that approved it, or another day",
        ),
        (_of("approvers", []), "has other people or signatures"),
        (
            _of("approvers", [Approver("alternate", "chair", bytes(64)).fields()]),
            "of an approver that they are what the roster does not say",
        ),
        (_of("after", Head("x.example", 16, "ab" * 32).fields()), "a head that the ledger never"),
        (_without_a_record, "lists other records than the manifest"),
        (_left_out, "says of other records that they stayed"),
        (_held, "names other holds"),
    ],
)
def test_a_certificate_that_says_something_else_is_found(
    gone: Ending, change: Change, says: str
) -> None:
    """Attack: the keeper certifies what was not so, and the ledger has the very certificate."""
    certify(gone.world, gone.manifest, altered(certificate(gone.world, gone.manifest), change))
    gone.world.morning()
    assert says in look(gone.world).by("dispositions")


def test_one_account_that_executed_and_verified_is_a_warning(gone: Ending) -> None:
    def same(value: dict[str, object]) -> None:
        run = value["verified"]
        assert isinstance(run, dict)
        run["account"] = "underrose-collector"
        value["exceptions"] = ["SAME_ACCOUNT"]

    certify(gone.world, gone.manifest, altered(certificate(gone.world, gone.manifest), same))
    gone.world.morning()
    seen = look(gone.world)
    assert seen.status == 0
    assert seen.verified is not None
    warnings = [each for check in seen.verified.checks for each in check.told.warnings]
    assert [each.code for each in warnings] == ["RA-15"]


# -- backups -------------------------------------------------------------------------------------


def certified(days: int) -> Ending:
    """What went was certified, and so many days have gone by since."""
    made = ended.gone()
    certify(made.world, made.manifest)
    made.world.live(days, busy=False)
    return made


def test_a_backup_that_is_not_said_to_be_gone_is_a_warning_with_the_days() -> None:
    made = certified(7)
    seen = look(made.world)
    assert seen.verified is not None
    assert not any(check.told.warnings for check in seen.verified.checks)
    made.world.live(3, busy=False)
    seen = look(made.world)
    assert seen.status == 0
    assert seen.verified is not None
    warnings = [each.says for check in seen.verified.checks for each in check.told.warnings]
    assert len(warnings) == 1
    assert "3 days ago" in warnings[0]


def test_a_backup_that_is_said_to_be_gone_before_its_day_is_found() -> None:
    made = certified(3)
    expire(made.world, made.manifest)
    made.world.morning()
    assert "the end of the last backup before" in look(made.world).by("dispositions")


def test_the_end_of_a_backup_of_which_no_certificate_tells_is_found(gone: Ending) -> None:
    expire(gone.world, gone.manifest)
    gone.world.morning()
    assert "a backup that no certificate names" in look(gone.world).by("dispositions")
