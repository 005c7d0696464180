"""The parsers that read bytes from outside, each as one function of bytes.

A target returns for what is well formed, and raises one of its refusals for what is not. Any other
exception is a fault. Where a value has one spelling, a target also writes it again and compares.
"""

import contextlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crypto import (
    act,
    age,
    bech32,
    case,
    certifying,
    checkpoint,
    disposing,
    drill,
    enrolment,
    entry,
    identity,
    kept,
    keying,
    manifest,
    message,
    note,
    padding,
    policy,
    proof,
    receipt,
    roster,
    stanza,
    statement,
    strict,
    texts,
)
from crypto.cosigning import Seen
from crypto.errors import CryptoError
from crypto.exported import open_exported
from intake.errors import IntakeError
from intake.submission import read_follow_up, read_submission
from intake.upload import Body, files, read_small, read_texts
from review.audit.errors import MalformedBundle
from review.charter.errors import CharterError
from tests import certified

VECTORS = Path(__file__).resolve().parent.parent / "vectors"
_READER = identity.Identity.from_seed(bytes(range(32)))
_BOUNDARY = b"----rose"
_BUNDLE = (MalformedBundle,)
_BOOK = (CharterError,)


@dataclass(frozen=True)
class Target:
    """A parser, what it refuses with, inputs to begin with, and how long inputs get."""

    parse: Callable[[bytes], object]
    seeds: Callable[[], Iterable[bytes]]
    refusals: tuple[type[Exception], ...] = (CryptoError,)
    longest: int = 4096
    # How many inputs the checks try; fewer for what is slow to read.
    runs: int = 10_000

    def run(self, data: bytes) -> bool:
        """Whether the input is taken; raises whatever is neither that nor a refusal."""
        try:
            self.parse(data)
        except self.refusals:
            return False
        return True


def _house(name: str) -> Callable[..., Any]:
    """A function of tests.fuzz.house_targets, for whose many imports no other target waits."""

    def later(*arguments: bytes) -> Any:
        return getattr(import_module("tests.fuzz.house_targets"), name)(*arguments)

    return later


def _same(written: bytes, data: bytes) -> None:
    if written != data:
        raise AssertionError("it was read, and is written in another way")


def _bases(name: str, *keys: str) -> Callable[[], list[bytes]]:
    """The well-formed inputs of a vector file, those under some keys or all."""

    def read() -> list[bytes]:
        path = next(VECTORS.rglob(f"{name}.json"))
        bases = json.loads(path.read_text())["bases"]
        return [
            text.encode()
            for key, text in bases.items()
            if isinstance(text, str) and (not keys or key.startswith(keys))
        ]

    return read


def _respelled(parse: Callable[[bytes], object]) -> Callable[[bytes], object]:
    """The parser of a document in canonical JSON, past the check that almost any change fails.

    What is JSON at all is put into its one spelling first, so that the search gets to the fields.
    """

    def run(data: bytes) -> None:
        with contextlib.suppress(ValueError, RecursionError, CryptoError):
            data = strict.canonical(json.loads(data))
        parse(data)

    return run


def _header(data: bytes) -> None:
    source = io.BytesIO(data)
    header = stanza.read_header(source)
    _same(header.render(), data[: source.tell()])


def _keys() -> list[bytes]:
    words = [word for text in _bases("policy", "policy")() for word in text.split()]
    return [word for word in words if word.count(b"+") > 1][:8]


def _routings() -> list[bytes]:
    return [case.Routing("0" * 64, ("chair",)).to_bytes()]


def _requests() -> list[bytes]:
    newest = roster.parse(_bases("roster", "small")()[0])
    return [enrolment.make(_READER.seed, newest, "eve", newest.issued_on, None)]


def _request_lists() -> list[bytes]:
    lines = [enrolment.Enrolled(enrolment.verify(each), None) for each in _requests()]
    return [enrolment.write_list(lines), enrolment.write_list([])]


def _manifests() -> list[bytes]:
    return [b'{"cases":[],"files":[],"on":"2026-11-21","v":1}']


def _sealed_files() -> list[bytes]:
    sealed = age.seal(b"words", [_READER.recipient])
    return [sealed, sealed[:-1], sealed.replace(b"mlkem768x25519", b"X25519")]


def _shape(data: bytes) -> None:
    age.check_shape(data, stanzas=1, plaintext_sizes=(5, 64))


def _bech32(data: bytes) -> None:
    text = data.decode("latin-1")
    _same(bech32.encode(*bech32.decode(text)).lower().encode(), text.lower().encode("latin-1"))


def _code(data: bytes) -> None:
    code = receipt.ReceiptCode.parse(data.decode("utf-8", "replace"))
    if receipt.ReceiptCode.parse(code.text).text != code.text:
        raise AssertionError("a code that is shown is read as another one")


def _canonical(data: bytes) -> None:
    _same(strict.canonical(strict.parse_canonical(data)), data)


def _numbers(data: bytes) -> None:
    text = data.decode("latin-1")
    _same(str(strict.decimal(text)).encode(), data)


def _note(data: bytes) -> None:
    _same(note.parse(data).to_bytes(), data)


def _checkpoint(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    _same(checkpoint.parse(text).text.encode("utf-8", "surrogateescape"), data)


def _key(data: bytes) -> None:
    _same(note.NoteKey.parse(data.decode("utf-8", "surrogateescape")).text.encode(), data)


def _proof(data: bytes) -> None:
    _same(proof.parse(data).to_bytes(), data)


def _consistency(data: bytes) -> None:
    _same(proof.parse_consistency(data).to_bytes(), data)


def _entry(data: bytes) -> None:
    _same(entry.parse(data).to_bytes(), data)


def _signatures(data: bytes) -> None:
    _same(act.signatures_document(act.parse_signatures(data)), data)


def _mark(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    _same(drill.parse(text).line.encode("utf-8", "surrogateescape"), data)


def _signature_lists() -> list[bytes]:
    return [act.signatures_document([act.Signature(by, bytes(64)) for by in ("ada", "ben")])]


def _kept(data: bytes) -> None:
    _same(kept.parse(data).to_bytes(), data)


def _padded(data: bytes) -> None:
    padding.unpad_message(data)


def _export(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "export.zip")
        path.write_bytes(data)
        open_exported(path, [_READER], Path(folder, "out"), None)


def _small_export() -> list[bytes]:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        name = f"cases/{'0' * 64}"
        archive.writestr(f"{name}/grants/1.age", case.seal_grant(bytes(32), [_READER.recipient], 2))
        archive.writestr(f"{name}/envelopes/001-submission.age", b"")
        archive.writestr("manifest.json", b"{}")
    return [file.getvalue()]


def _body(data: bytes) -> Body:
    environ = {
        "CONTENT_TYPE": f"multipart/form-data; boundary={_BOUNDARY[2:].decode()}",
        "CONTENT_LENGTH": str(len(data)),
        "wsgi.input": io.BytesIO(data),
    }
    return Body.of(environ)


def _form(data: bytes) -> None:
    body = _body(data)
    texts = read_texts(body)
    for part in files(body, texts.first_file):
        for _chunk in part.chunks():
            pass
    read_submission(texts.values, ["chair", "finance"], 3)
    read_follow_up(texts.values, 3)


def _small(data: bytes) -> None:
    read_small(_body(data), 1 << 12)


def _forms() -> list[bytes]:
    def part(head: bytes, content: bytes) -> bytes:
        return b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (
            _BOUNDARY[2:], head, content
        )  # fmt: skip

    fields = {b"token": b"x" * 24, b"what": b"words", b"role": b"employee", b"excluded": b"chair"}
    texts = b"".join(part(b'name="%s"' % name, value) for name, value in fields.items())
    file = part(b'name="files"; filename="a.txt"\r\nContent-Type: text/plain', b"content")
    end = b"--%s--\r\n" % _BOUNDARY[2:]
    return [texts + end, texts + file + end, texts + file[:-4]]


def _broken(data: bytes) -> None:
    """A parser with a fault behind three comparisons, which guessing alone would not reach."""
    if data[:2] == b"ro" and data[2:4] == b"se" and data[4:5] == b"!":
        raise RuntimeError("broken on purpose")


def _dispositions() -> list[bytes]:
    return [certified.MANIFEST.document]


def _certificates() -> list[bytes]:
    return [each.document for each in (certified.gone(), certified.left_out())]


def _texts() -> list[bytes]:
    lines = {"name": "A", "about": "B", "emergency": "C", "leave": "https://d.example/e"}
    return [texts.build("5eed" * 8, "en", {"ada": "F"}, **lines).document]


TARGETS = {
    "age-header": Target(_header, _sealed_files),
    "age-open": Target(lambda data: age.open_sealed(data, [_READER]), _sealed_files),
    "age-shape": Target(_shape, _sealed_files),
    "bech32": Target(_bech32, lambda: [_READER.text.encode(), _READER.recipient.text.encode()]),
    "receipt-code": Target(_code, lambda: [b"7KQ2M-X9TRC-4HDWN-PZ0V8-J3FGS"], longest=64),
    "canonical": Target(_canonical, lambda: [b'{"a":[1,"\\u0000",null,true]}', b"-1"]),
    "decimal": Target(_numbers, lambda: [b"0", b"10"], longest=32),
    "identity-file": Target(identity.read_identity_file, lambda: [_READER.text.encode()]),
    "message": Target(_respelled(message.parse), _bases("message")),
    "padded-message": Target(_padded, lambda: [padding.pad_message(b"{}")], longest=4200),
    "roster": Target(_respelled(roster.parse), _bases("roster"), longest=16384),
    "enrolment": Target(_respelled(enrolment.verify), _requests, longest=8192),
    "enrolments": Target(_respelled(enrolment.read_list), _request_lists, longest=16384),
    "routing": Target(_respelled(case.parse_routing), _routings),
    "note": Target(_note, _bases("note"), longest=8192),
    "note-key": Target(_key, _keys),
    "checkpoint": Target(_checkpoint, _bases("checkpoint")),
    "proof": Target(_proof, _bases("proof", "cosigned", "plain"), longest=16384),
    "consistency": Target(_consistency, _bases("proof", "consistency", "first"), longest=16384),
    "policy": Target(policy.parse, _bases("policy", "policy"), longest=8192),
    "entry": Target(_respelled(_entry), _bases("entry"), longest=2048),
    "statement": Target(_respelled(statement.parse), _bases("entry", "statement")),
    "act": Target(_respelled(act.parse), _bases("act", "determination", "closing")),
    "keying": Target(_respelled(keying.parse), _bases("keying", "second")),
    "texts": Target(_respelled(texts.parse), _texts),
    "disposition": Target(_respelled(disposing.parse), _dispositions),
    "certificate": Target(_respelled(certifying.parse), _certificates),
    "drill": Target(_mark, _bases("drill")),
    "act-signatures": Target(_signatures, _signature_lists),
    "kept": Target(_respelled(_kept), _bases("kept", "small"), longest=2048),
    "seen": Target(_respelled(Seen.parse), lambda: [b'{"seen":[],"v":1}'], longest=8192),
    "manifest": Target(_respelled(manifest.parse), _manifests),
    "export": Target(_export, _small_export, (CryptoError, OSError), longest=16384),
    "mailbox-record": Target(_respelled(_house("mailbox_record")), _house("mailboxes")),
    "attestation": Target(_respelled(_house("attested")), _house("reports"), longest=8192),
    "tally-day": Target(_respelled(_house("tallied")), _house("days")),
    "cosigner": Target(_house("signer"), _house("private_keys"), longest=256),
    "audit-record": Target(_house("record"), _house("record_lines"), _BUNDLE),
    "audit-charter-record": Target(
        _respelled(_house("kept_record")), _house("charter_lines"), _BUNDLE
    ),
    "audit-act": Target(_respelled(_house("signed_act")), _house("signed_lines"), _BUNDLE),
    "audit-waiting": Target(_respelled(_house("waits")), _house("waiting_lines"), _BUNDLE),
    "audit-disposition": Target(_respelled(_house("disposed_of")), _house("outcomes"), _BUNDLE),
    "audit-manifest": Target(_respelled(_house("listed")), _house("manifests"), _BUNDLE),
    "charter-book": Target(_house("book"), _house("books"), _BOOK, longest=8192, runs=2000),
    "charter-story": Target(_house("story"), _house("stories"), _BOOK, longest=8192, runs=2000),
    "charter-form": Target(_house("form"), _house("forms"), runs=500),
    "form": Target(_form, _forms, (IntakeError,), longest=8192),
    "sealed-form": Target(_small, _forms, (IntakeError,), longest=8192),
}  # fmt: skip

# Not a parser of ours: it is there to see that the search finds what it should.
BROKEN = {"broken-on-purpose": Target(_broken, lambda: [b"ro"], longest=16)}
