"""Sealed files made once with fixed keys: envelopes, grants, routing and slices."""

from crypto import age, case, padding, roster, strict
from crypto.case import Routing
from crypto.identity import Identity
from crypto.recipient import from_seed
from tests.vectors.cases import fixed, message
from tests.vectors.cases.fixed import Case, recipient, seed


def _identity(name: str) -> str:
    return Identity.from_seed(seed(name)).text


def _case(name: str, op: str, who: str, sealed: bytes, **rest: object) -> Case:
    """A case that the identity of this name is to open."""
    return {
        "name": name,
        "op": op,
        "identity": who,
        "sealed": strict.to_b64(sealed),
        "expect": "ok",
        **rest,
    }


def _envelopes() -> list[Case]:
    made: list[Case] = []
    for name, text in message.BASES.items():
        sealed = age.seal(padding.pad_message(text.encode()), [recipient("case")])
        made.append(
            _case(f"the envelope of a {name}", "envelope", _identity("case"), sealed, text=text)
        )
    text = message.BASES["reply"]
    padded = padding.pad_message(text.encode())
    mailbox = Identity.from_seed(fixed.CODE_KEYS.mailbox_seed)
    sealed = age.seal(padded, [mailbox.recipient])
    made.append(
        _case("a reply in the mailbox of the code", "envelope", mailbox.text, sealed, text=text)
    )
    wrong = {
        "a step too large": padding.pad_message(text.encode()) + bytes(16384 - 4096),
        "no padding": text.encode(),
        "a one in the filling": padded[:-1] + b"\x01",
        "an empty file": b"",
    }
    for name, content in wrong.items():
        sealed = age.seal(content, [recipient("case")])
        made.append(
            _case(
                f"an envelope with {name}",
                "envelope",
                _identity("case"),
                sealed,
                expect="MalformedPadding",
            )
        )
    return [*made, *_broken_envelopes(padded)]


def _broken_envelopes(padded: bytes) -> list[Case]:
    good = age.seal(padded, [recipient("case")])
    note = padding.pad_message(b'{"v":1}')
    changed = message.BASES["submission"].replace("booked", "loaded", 1).encode()
    mac_at = good.index(b"\n--- ") + 5
    other = b"A" if good[mac_at : mac_at + 1] != b"A" else b"B"
    table: list[tuple[str, bytes, str, str]] = [
        ("for somebody else", good, "ben", "WrongIdentity"),
        (
            "with a flipped bit at its end",
            good[:-1] + bytes([good[-1] ^ 1]),
            "case",
            "PayloadTampered",
        ),
        ("cut short", good[:-100], "case", "PayloadTampered"),
        ("with a byte more", good + b"\0", "case", "PayloadTampered"),
        (
            "with another authentication code",
            good[:mac_at] + other + good[mac_at + 1 :],
            "case",
            "HeaderTampered",
        ),
        ("of another format", b"x" + good[1:], "case", "MalformedHeader"),
        ("of something else", age.seal(note, [recipient("case")]), "case", "MalformedMessage"),
        (
            "of a submission with a changed word",
            age.seal(padding.pad_message(changed), [recipient("case")]),
            "case",
            "InvalidSignature",
        ),
    ]
    return [
        _case(f"an envelope {name}", "envelope", _identity(who), sealed, expect=expect)
        for name, sealed, who, expect in table
    ]


def _grants() -> list[Case]:
    made: list[Case] = []
    parsed = roster.parse(fixed.signed_roster(fixed.FULL).encode())
    secret = seed("case")
    for excluded in ((), ("ben",), ("ada", "ben", "cleo")):
        readers = case.choose_readers(parsed, excluded)
        grant = case.seal_grant(secret, [each.recipient for each in readers], parsed.slots)
        chosen = {each.id for each in readers}
        for each in parsed.readers:
            name = f"the grant without {', '.join(excluded) or 'exclusions'}, opened by {each.id}"
            opens = {"seed": secret.hex()} if each.id in chosen else {"expect": "WrongIdentity"}
            made.append(_case(name, "grant", _identity(each.id), grant, **opens))
    short = age.seal(secret[:31], [recipient("ada")])
    made.append(_case("a grant of 31 bytes", "grant", _identity("ada"), short, expect="Malformed"))
    return made


def _routing() -> list[Case]:
    made: list[Case] = []
    for excluded in ((), ("ben", "it-1")):
        sealed = case.seal_routing(Routing(fixed.ROSTER_HASH, excluded), recipient("routing"))
        name = f"routing that excludes {', '.join(excluded) or 'nobody'}"
        rest = {"roster": fixed.ROSTER_HASH, "excluded": list(excluded)}
        made.append(_case(name, "routing", _identity("routing"), sealed, **rest))
    sealed = age.seal(padding.pad_message(b"{}"), [recipient("routing")])
    made.append(
        _case(
            "routing of the size of a message",
            "routing",
            _identity("routing"),
            sealed,
            expect="MalformedPadding",
        )
    )
    return made


def _slices() -> list[Case]:
    padder = padding.SlicePadder()
    content = bytes(range(256)) * 20
    slices = [*padder.feed(content), *padder.finish()]
    sealed = age.seal(slices[0], [recipient("case")])
    return [
        _case(
            "the only slice of a small file",
            "slice",
            _identity("case"),
            sealed,
            length=len(content),
            content=strict.to_b64(content),
            sha256=padder.sha256,
        )
    ]


def cases() -> list[Case]:
    made = [*_envelopes(), *_grants(), *_routing(), *_slices()]
    # The identity that a submitter's browser derives is the one that the mailbox was sealed to.
    assert from_seed(fixed.CODE_KEYS.mailbox_seed).text in message.BASES["submission"]
    return made
