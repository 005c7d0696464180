"""What the script posts: taken only in the exact shape that sealing gives."""

import hashlib
import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from crypto import age, message, strict
from crypto.case import grant_size
from crypto.receipt import ReceiptCode, once
from crypto.recipient import Recipient, throwaway
from crypto.signing import verify_key
from intake.sealing import Addressed, Case, Files, Form, seal_follow_up, seal_submission
from intake.submission import read_submission
from tests import committee
from tests.intake.house import MULTIPART, House, multipart

pytestmark = pytest.mark.stores

STEP = 131072
SECRET = "5ec2e7" * 5 + "00"
UPLOAD = hashlib.sha256(bytes.fromhex(SECRET)).hexdigest()
SLICE = age.sealed_size(65536)


def form(token: bytes = bytes(15)) -> Form:
    code = ReceiptCode(hashlib.sha256(token).digest()[:15])
    return Form(token, code, committee.INSTALLATION)


def submission(sender: Form, *excluded: str, files: Files | None = None) -> dict[str, Any]:
    """The fields that a script posts, sealed as a script seals."""
    roster = committee.roster()
    answers = read_submission({"what": ["x"], "excluded": excluded}, roster.ids, 10).answers
    sealed, _kept = seal_submission(
        sender, roster, Case.draw(), answers, files or Files(), committee.TODAY
    )
    return {
        "token": sender.token.hex(),
        "roster": sealed.roster,
        "lookup": sender.code.keys(committee.INSTALLATION).lookup.hex(),
        "mailbox": sealed.mailbox,
        "case": sealed.case_recipient,
        "case_signature": sealed.case_signature,
        "submitter_key": strict.to_b64(
            verify_key(sender.code.keys(committee.INSTALLATION).signing_seed)
        ),
        "digest": sealed.digest,
        "commitment": sealed.commitment,
        "upload": "",
        "slices": "0",
        "envelope": sealed.envelope,
        "grant": sealed.grant,
        "routing": sealed.routing,
    }


def follow_up(house: House, sender: Form) -> dict[str, Any]:
    """The fields of a follow-up after the head of its mailbox."""
    mailbox = house.mailbox(sender.code.text)
    addressed = Addressed(mailbox, Recipient.parse(mailbox.case_recipient))
    day = committee.TODAY
    sealed, _kept = seal_follow_up(sender, house.roster, addressed, "more", Files(), day)
    return {
        "token": sender.token.hex(),
        "lookup": sender.code.keys(committee.INSTALLATION).lookup.hex(),
        "n": str(sealed.n),
        "previous": sealed.previous,
        "digest": sealed.digest,
        "commitment": sealed.commitment,
        "upload": "",
        "slices": "0",
        "envelope": sealed.envelope,
    }


def post(house: House, path: str, fields: dict[str, Any]) -> TestResponse:
    """Post fields; bytes go as files with the name of their field, as FormData sends them."""
    texts = [(name, value) for name, value in fields.items() if isinstance(value, str)]
    body = multipart(texts)
    for name, value in fields.items():
        if isinstance(value, bytes):
            part = multipart([], [(name, value, "application/octet-stream")])
            part = part.replace(b'name="files"', f'name="{name}"'.encode(), 1)
            body = part.removesuffix(multipart([])) + body
    return house.client.post(f"/sealed/{path}", data=body, content_type=MULTIPART)


def put_slice(house: House, index: int, content: bytes = bytes(65536)) -> TestResponse:
    envelope = age.seal(content, [throwaway()])
    fields = {"upload": SECRET, "index": str(index), "envelope": envelope}
    return post(house, "slices", fields)


def read(house: House, lookup: str, act: str = "read") -> TestResponse:
    return post(house, "mailbox", {"lookup": lookup, "act": act})


def opened(answer: TestResponse) -> Any:
    """The JSON in a padded answer, whose filling must be zeros."""
    size = int.from_bytes(answer.data[:4], "big")
    assert not any(answer.data[4 + size :])
    return strict.parse_canonical(answer.data[4 : 4 + size])


def test_a_sealed_submission_is_deposited_once(house: House) -> None:
    fields = submission(form())
    assert post(house, "submissions", fields).status_code == 201
    before = house.rows()
    assert post(house, "submissions", fields).status_code == 200
    assert house.rows() == before
    (deposit,) = house.deposits()
    assert deposit.digest == fields["digest"]
    assert house.mailbox(form().code.text).head_digest == fields["digest"]


def test_a_form_sealed_anew_after_a_lost_answer_counts_once(house: House) -> None:
    assert post(house, "submissions", submission(form())).status_code == 201
    assert post(house, "submissions", submission(form())).status_code == 200
    assert len(house.deposits()) == 1


def test_the_key_that_counts_a_form_once_is_computed_here(house: House) -> None:
    post(house, "submissions", submission(form()))
    lookup = form().code.keys(committee.INSTALLATION).lookup
    stored = [row[4] for row in house.rows()["deposits"]]
    assert stored == [once(bytes(15), lookup)]


def test_slices_arrive_one_by_one_and_a_deposit_names_them(house: House) -> None:
    for index in (0, 1, 1):
        assert put_slice(house, index).status_code == 204
    fields = {**submission(form()), "upload": SECRET, "slices": "2"}
    assert post(house, "submissions", fields).status_code == 201
    (deposit,) = house.deposits()
    assert (deposit.upload_id, deposit.slices) == (UPLOAD, 2)


def test_a_deposit_with_missing_slices_is_a_conflict(house: House) -> None:
    put_slice(house, 0)
    fields = {**submission(form()), "upload": SECRET, "slices": "2"}
    answer = post(house, "submissions", fields)
    assert (answer.status_code, answer.json) == (409, {"reason": "slices"})
    assert house.deposits() == []


def test_a_moved_roster_is_a_conflict_and_nothing_is_stored(house: House) -> None:
    fields = submission(form())
    house.publish(committee.next_roster(house.roster))
    before = house.rows()
    answer = post(house, "submissions", fields)
    assert (answer.status_code, answer.json) == (409, {"reason": "roster"})
    assert house.rows() == before


def test_a_follow_up_is_deposited_once_and_after_the_head(house: House) -> None:
    post(house, "submissions", submission(form()))
    fields = {**follow_up(house, form()), "token": "ab" * 15}
    assert post(house, "follow-ups", fields).status_code == 201
    assert post(house, "follow-ups", fields).status_code == 200
    late = {**fields, "token": "cd" * 15}
    answer = post(house, "follow-ups", late)
    assert (answer.status_code, answer.json) == (409, {"reason": "head"})
    assert len(house.deposits()) == 2


def test_a_follow_up_to_no_mailbox_is_not_found(house: House) -> None:
    post(house, "submissions", submission(form()))
    fields = {**follow_up(house, form()), "lookup": "0" * 32}
    assert post(house, "follow-ups", fields).status_code == 404


def test_a_mailbox_is_handed_out_with_all_that_proves_it(house: House) -> None:
    post(house, "submissions", submission(form()))
    code = form().code.text
    house.leave(code, house.letter(code, text="Thank you."))
    keys = form().code.keys(committee.INSTALLATION)
    found = opened(read(house, keys.lookup.hex()))
    mailbox = house.mailbox(code)
    statement = strict.to_b64(mailbox.receipts[0].statement or b"")
    assert found == {
        "found": True,
        "case": mailbox.case_recipient,
        "generation": 1,
        "signature": mailbox.case_signature,
        "head": {"n": 1, "digest": mailbox.head_digest},
        "keyings": [],
        "letters": [{"n": 1, "envelope": strict.to_b64(mailbox.letters[0].envelope)}],
        "receipts": [{"n": 1, "proof": None, "statement": statement}],
        "rosters": {house.roster.hash: strict.to_b64(house.roster.document)},
    }


def test_an_unknown_mailbox_looks_the_same_from_outside(house: House) -> None:
    post(house, "submissions", submission(form()))
    lookup = form().code.keys(committee.INSTALLATION).lookup.hex()
    for _ in range(4):
        known, unknown = read(house, lookup), read(house, "0" * 32)
        assert opened(unknown) == {"found": False}
        assert known.status_code == unknown.status_code == 200
        assert len(known.data) == len(unknown.data)
        assert len(known.data) % STEP == 0
        assert list(known.headers) == list(unknown.headers)
        house.publish(committee.next_roster(house.roster))


CHANGES: list[tuple[str, Any]] = [
    ("token", "0" * 29),
    ("token", "AB" * 15),
    ("lookup", "0" * 31),
    ("lookup", "Ａ" * 32),
    ("mailbox", "age1pq1x"),
    ("case", "AGE1PQ1X"),
    ("case_signature", "A" * 87 + "="),
    ("case_signature", ""),
    ("submitter_key", ""),
    ("submitter_key", strict.to_b64(bytes(31))),
    ("submitter_key", strict.to_b64(verify_key(bytes(32)))),
    ("case_signature", strict.to_b64(bytes(64))),
    ("digest", "0" * 63),
    ("digest", "G" * 64),
    ("commitment", ""),
    ("upload", "0" * 31),
    ("slices", "-1"),
    ("slices", "01"),
    ("slices", "٢"),
    ("envelope", b""),
    ("envelope", b"not sealed at all"),
    ("envelope", age.seal(bytes(5000), [throwaway()])),
    ("envelope", age.seal(bytes(4096), [throwaway(), throwaway()])),
    ("grant", age.seal(bytes(32), [throwaway()] * 4)),
    ("grant", age.seal(bytes(33), [throwaway()] * 5)),
    ("routing", age.seal(bytes(511), [throwaway()])),
]


@pytest.mark.parametrize(
    ("name", "value"), CHANGES, ids=[f"{at} {name}" for at, (name, _) in enumerate(CHANGES)]
)
def test_any_other_shape_is_refused_and_nothing_is_stored(
    house: House, name: str, value: Any
) -> None:
    before = house.rows()
    answer = post(house, "submissions", {**submission(form()), name: value})
    assert answer.status_code == 400
    assert answer.data == b""
    assert house.rows() == before


def test_a_missing_or_unknown_part_is_refused(house: House) -> None:
    fields = submission(form())
    for name in fields:
        less = {key: value for key, value in fields.items() if key != name}
        assert post(house, "submissions", less).status_code == 400
    assert post(house, "submissions", {**fields, "extra": ""}).status_code == 400
    assert house.deposits() == []


def test_another_submitters_mailbox_or_case_cannot_be_taken(house: House) -> None:
    mine, other = submission(form()), submission(form(bytes([1] * 15)))
    assert post(house, "submissions", mine).status_code == 201
    before = house.rows()
    for stolen in ({"lookup": mine["lookup"]}, {"case": mine["case"]}):
        assert post(house, "submissions", {**other, **stolen}).status_code == 400
    assert house.rows() == before


@pytest.mark.parametrize(
    "change",
    [
        {"upload": "x"},
        {"index": "10240"},
        {"index": "-1"},
        {"index": "x"},
        {"envelope": b"x"},
        {"envelope": age.seal(bytes(65537), [throwaway()])},
    ],
    ids=["no secret", "too high", "negative", "no number", "not sealed", "another size"],
)
def test_a_slice_of_another_shape_is_refused(house: House, change: dict[str, Any]) -> None:
    fields = {"upload": SECRET, "index": "0", "envelope": age.seal(bytes(65536), [throwaway()])}
    assert post(house, "slices", {**fields, **change}).status_code == 400
    assert house.rows()["slices"] == []


def test_a_body_larger_than_any_slice_is_too_large(house: House) -> None:
    fields = {"upload": SECRET, "index": "0", "envelope": bytes(2 << 20)}
    assert post(house, "slices", fields).status_code == 413


def test_without_a_roster_nothing_sealed_is_taken(house: House, tmp_path_factory: Any) -> None:
    expired = House(tmp_path_factory.mktemp("old"), committee.roster(expires_on="2026-11-20"))
    assert post(expired, "submissions", submission(form())).status_code == 503
    assert post(expired, "follow-ups", {}).status_code == 400
    assert expired.rows()["deposits"] == []
    expired.engine.dispose()


def test_sizes_of_what_is_taken_say_nothing(house: House) -> None:
    for number, excluded in enumerate([(), ("chair",), ("chair", "member-1", "finance")]):
        fields = submission(form(bytes([number] * 15)), *excluded)
        assert post(house, "submissions", fields).status_code == 201
    deposits = house.deposits()
    assert {len(each.grant or b"") for each in deposits} == {grant_size(5)}
    assert len({len(each.routing or b"") for each in deposits}) == 1
    assert {len(each.envelope) for each in deposits} <= message.envelope_sizes()


def test_slices_sent_again_under_another_name_are_dropped(house: House) -> None:
    put_slice(house, 0)
    fields = {**submission(form()), "upload": SECRET, "slices": "1"}
    assert post(house, "submissions", fields).status_code == 201
    before = house.rows()
    other = {"upload": "ab" * 16, "index": "0", "envelope": age.seal(bytes(65536), [throwaway()])}
    assert post(house, "slices", other).status_code == 204
    assert post(house, "submissions", {**fields, "upload": "ab" * 16}).status_code == 200
    assert post(house, "submissions", fields).status_code == 200
    assert house.rows() == before


def test_the_key_of_the_submitter_is_not_kept(house: House) -> None:
    fields = submission(form())
    assert post(house, "submissions", fields).status_code == 201
    assert fields["submitter_key"] not in repr(house.rows())


def test_reasons_are_given_to_scripts_only_as_words(house: House) -> None:
    fields = submission(form())
    house.publish(committee.next_roster(house.roster))
    answer = post(house, "submissions", fields)
    assert json.loads(answer.data).keys() == {"reason"}
