"""Attack 34: a spelling that one of our two readers takes and the other refuses.

The vectors hold the variants that somebody thought of. Here are some thousands that nobody did,
drawn with a fixed seed, and what the coverage-guided searches of the Python parsers have kept; for
each, Python and JavaScript must say the same, down to the error, and neither anything but that.
"""

import io
import json
import random
from collections.abc import Callable, Sequence

import pytest

from crypto import (
    act,
    case,
    checkpoint,
    entry,
    kept,
    keying,
    message,
    note,
    padding,
    proof,
    roster,
    stanza,
    statement,
    strict,
)
from crypto.errors import CryptoError
from crypto.note import NoteKey
from crypto.receipt import ReceiptCode
from crypto.recipient import Recipient
from tests import committee, node
from tests.fuzz.run import kept as corpus
from tests.fuzz.targets import TARGETS
from tests.vectors.cases import checkpoint as checkpoints
from tests.vectors.cases import cosigned
from tests.vectors.cases import entry as entries
from tests.vectors.cases import kept as kepts
from tests.vectors.cases import note as notes
from tests.vectors.cases import proof as proofs
from tests.vectors.cases import roster as rosters

EACH = 400
CONSISTENCY = ("consistency", "first")
READ: dict[str, Callable[[bytes], object]] = {
    "act": act.parse,
    "checkpoint": lambda data: checkpoint.parse(data.decode("utf-8", "replace")),
    "code": lambda data: ReceiptCode.parse(data.decode("utf-8", "replace")),
    "consistency": proof.parse_consistency,
    "entry": entry.parse,
    "header": lambda data: stanza.read_header(io.BytesIO(data)),
    "kept": kept.parse,
    "key": lambda data: NoteKey.parse(data.decode("utf-8", "replace")),
    "keying": keying.parse,
    "mailbox": case.parse_mailbox,
    "message": message.parse,
    "note": note.parse,
    "padded": padding.unpad_message,
    "proof": proof.parse,
    "recipient": lambda data: Recipient.parse(data.decode("utf-8", "replace")),
    "roster": roster.parse,
    "routing": case.parse_routing,
    "signatures": act.parse_signatures,
    "statement": statement.parse,
}
# The search of the Python parser, where it is called otherwise; mailbox records have none.
SEARCHED = {
    "code": "receipt-code",
    "header": "age-header",
    "key": "note-key",
    "mailbox": None,
    "padded": "padded-message",
    "recipient": "bech32",
    "signatures": "act-signatures",
}
# Where the search's own inputs to begin with are too many, or other ones are better.
GOOD: dict[str, Sequence[str]] = {
    "checkpoint": [*checkpoints.BASES.values()],
    "consistency": [proofs.BASES[name] for name in CONSISTENCY],
    "entry": [text for name, text in entries.BASES.items() if name != "statement"],
    "kept": [*kepts.BASES.values()],
    "key": [notes.KEY.text, cosigned.LEDGER.key.text],
    "note": [*notes.BASES.values()],
    "proof": [text for name, text in proofs.BASES.items() if name not in CONSISTENCY],
    "recipient": [committee.recipient("chair").text],
    "roster": [rosters.BASES["with a ledger"]],
    "statement": [entries.BASES["statement"]],
}


def mailbox_record() -> bytes:
    chair = committee.recipient("chair").text
    seed = committee.seed("case")
    record = case.sign_mailbox(committee.INSTALLATION, "ab" * 32, chair, seed)
    return strict.canonical(record.document())


def good(name: str) -> list[bytes]:
    """Spellings that are taken."""
    if name == "mailbox":
        return [mailbox_record()]
    if name in GOOD:
        return [text.encode() for text in GOOD[name]]
    return list(TARGETS[str(SEARCHED.get(name, name))].seeds())


def searched(name: str) -> list[bytes]:
    """What a search has kept, as it is, and as the one spelling of what it says."""
    target = SEARCHED.get(name, name)
    found = [] if target is None else corpus(target)
    return [*found, *(respelled for data in found if (respelled := one_spelling(data)))]


def one_spelling(data: bytes) -> bytes | None:
    try:
        return strict.canonical(json.loads(data))
    except (ValueError, RecursionError, CryptoError):
        return None


# What lenient readers skip, fold, or take for something else.
SLIPPED_IN = [
    *(bytes([code]) for code in b" \n\r\t\0\x1c\x1f\x7f\xff0+-_=,\"\\{}[]:"),
    *(b"==", b"null", b"true", b"1.0", b"1e0", b"\\u0041", b"\\ud800", b"\\n"),
    *(text.encode() for text in "\ufeff\u0085\u009f\u00a0\u180e\u2028\u2014\u3000"),
    *(text.encode() for text in "\uff11\u0661\U0001f339"),
    b"\xed\xa0\x80",
]  # fmt: skip


def changed(data: bytes, draw: random.Random) -> bytes:
    """The bytes with one small change, oftener near the ends, where the structure is."""
    near = min(len(data), 200)
    at = draw.choice(
        [draw.randrange(len(data)), draw.randrange(near), len(data) - 1 - draw.randrange(near)]
    )
    lines = data.split(b"\n")
    one, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    swapped = [*lines]
    swapped[one], swapped[other] = lines[other], lines[one]
    slipped = draw.choice(SLIPPED_IN)
    return draw.choice(
        [
            data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :],
            data[:at] + slipped + data[at:],
            data[:at] + slipped + data[at + 1 :],
            data[:at] + data[at + draw.choice([1, 2, 5]) :],
            data[: at + 9] + data[at:],
            b"\n".join(swapped),
            b"\n".join([*lines[:one], lines[other], *lines[one:]]),
        ]
    )


def said(name: str, data: bytes) -> str:
    try:
        READ[name](data)
    except CryptoError as refused:
        return type(refused).__name__
    return "ok"


@pytest.mark.node
def test_python_and_javascript_take_and_refuse_the_same_spellings() -> None:
    # Drawn, and the same every time.
    draw = random.Random(34)  # noqa: S311
    asked = [
        (name, changed(draw.choice(taken), draw))
        for name in READ
        for taken in [good(name)]
        for _ in range(EACH)
    ]
    asked += [(name, data) for name in READ for data in (*good(name), *searched(name))]
    lines = "\n".join(json.dumps([name, strict.to_b64(data)]) for name, data in asked)
    done = node.run("crypto/browser/test/read-all.mjs", given=lines)
    assert done.returncode == 0, done.stderr
    answers = done.stdout.splitlines()
    differing = [
        (name, answer, data)
        for (name, data), answer in zip(asked, answers, strict=True)
        if answer != said(name, data)
    ]
    assert differing == []
    # A draw in which everything is refused, or nothing, would show little.
    assert EACH < answers.count("ok") < len(answers) / 2
