import dataclasses
import datetime

import pytest

from crypto import signing, statement, strict
from crypto.entry import Entry
from crypto.entry_types import TYPES
from crypto.errors import InvalidSignature, MalformedStatement, WrongPlace
from tests.vectors.cases.entry import DIGEST, NONCE, ON, RECEIVED, STATEMENT, example
from tests.vectors.cases.fixed import CASE_ID, INSTALLATION, seed

SEED = seed("statement")
KEY = signing.verify_key(SEED)


def test_a_statement_is_what_intake_signed() -> None:
    made = statement.verify(STATEMENT, [KEY])
    assert (made.installation, made.on) == (INSTALLATION, ON)
    assert statement.parse(STATEMENT) == made


def test_a_statement_says_nothing_of_the_case_or_the_message() -> None:
    for secret in (CASE_ID, DIGEST, NONCE.hex()):
        assert secret.encode() not in STATEMENT


def test_a_statement_is_kept_by_the_entry_that_it_promised() -> None:
    made = statement.verify(STATEMENT, [KEY])
    made.check_entry(RECEIVED)


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(RECEIVED, digest=seed("x").hex()),
        dataclasses.replace(RECEIVED, nonce=seed("x")),
        dataclasses.replace(RECEIVED, on=ON + datetime.timedelta(days=1)),
    ],
    ids=["digest", "nonce", "day"],
)
def test_another_entry_does_not_keep_the_promise(other: Entry) -> None:
    """Also not one of another day: a keeper who backdates a receipt is contradicted."""
    made = statement.verify(STATEMENT, [KEY])
    with pytest.raises(WrongPlace):
        made.check_entry(other)


def test_an_entry_that_is_no_receipt_does_not_keep_the_promise() -> None:
    reply = dataclasses.replace(example(TYPES["reply.left"], full=False), digest=DIGEST)
    with pytest.raises(WrongPlace, match="no deposit"):
        statement.verify(STATEMENT, [KEY]).check_entry(reply)


def test_a_statement_by_a_key_that_the_roster_does_not_list_is_a_fabrication() -> None:
    forged = statement.sign(INSTALLATION, ON, DIGEST, NONCE, seed("somebody else"))
    with pytest.raises(InvalidSignature):
        statement.verify(forged, [KEY, signing.verify_key(seed("older"))])
    with pytest.raises(InvalidSignature):
        statement.verify(forged, [])


def test_a_signature_of_another_kind_does_not_make_a_statement() -> None:
    value = strict.parse_canonical(STATEMENT)
    assert isinstance(value, dict)
    moved = signing.sign("roster", {k: v for k, v in value.items() if k != "signature"}, SEED)
    with pytest.raises(InvalidSignature):
        statement.verify(strict.canonical(moved), [KEY])


def test_any_bit_flipped_in_a_statement_is_a_named_error() -> None:
    for at in range(len(STATEMENT)):
        for bit in range(8):
            changed = STATEMENT[:at] + bytes([STATEMENT[at] ^ 1 << bit]) + STATEMENT[at + 1 :]
            with pytest.raises((MalformedStatement, InvalidSignature)):
                statement.verify(changed, [KEY])
