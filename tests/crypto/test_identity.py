import pytest

from crypto import bech32
from crypto.errors import MalformedHeader, MalformedKey
from crypto.identity import Identity, PassphraseIdentity, read_identity_file
from crypto.recipient import PassphraseRecipient, from_seed
from crypto.stanza import Stanza
from crypto.strict import to_b64raw

SEED = bytes(range(32))
# The example of the age specification.
EXAMPLE = "AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR"


def test_an_identity_is_its_seed_and_its_text() -> None:
    identity = Identity.from_seed(SEED)
    assert identity.seed == SEED
    assert identity.text.startswith("AGE-SECRET-KEY-PQ-1")
    assert Identity.parse(identity.text).seed == SEED
    assert identity.recipient == from_seed(SEED)


def test_the_published_example_has_the_published_recipient() -> None:
    text = Identity.parse(EXAMPLE).recipient.text
    assert text.startswith("age1pq1x34nzsvr0rxjsgdn8zgyhfe8j7ceq5r9rdelkjuh3y235jzxshfg87pzf5zrq")
    assert text.endswith("yyzk3tlhl53k2ykx3qheyty7saeq0d3fzv49zc0k")


def test_generated_identities_differ() -> None:
    assert Identity.generate().seed != Identity.generate().seed


@pytest.mark.parametrize(
    "text",
    [
        "",
        EXAMPLE.lower(),
        EXAMPLE[:-1],
        EXAMPLE + "\n",
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX",
        from_seed(SEED).text,
        bech32.encode("AGE-SECRET-KEY-PQ-", bytes(31)),
        bech32.encode("AGE-SECRET-KEY-PQ-", bytes(33)),
    ],
    ids=lambda text: text[:24],
)
def test_what_is_not_an_identity_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(MalformedKey) as caught:
        Identity.parse(text)
    assert not text or text not in str(caught.value)


def test_nothing_that_is_printed_shows_a_secret() -> None:
    identity = Identity.from_seed(SEED)
    for shown in (repr(identity), str(identity), f"{[identity]}"):
        assert shown in ("<Identity>", "[<Identity>]")
    assert "marked" not in repr(PassphraseIdentity("marked"))


def test_the_second_of_two_stanzas_opens_too() -> None:
    file_key = bytes(range(16))
    others = [from_seed(bytes(32)).wrap(file_key), Stanza("grease", (), b"")]
    stanza = from_seed(SEED).wrap(file_key)
    assert Identity.from_seed(SEED).unwrap([*others, stanza]) == file_key
    assert Identity.from_seed(SEED).unwrap(others) is None


def test_an_encapsulated_key_of_low_order_is_named_as_such() -> None:
    stanza = from_seed(SEED).wrap(bytes(16))
    forged = Stanza(stanza.kind, (to_b64raw(bytes(1120)),), stanza.body)
    with pytest.raises(MalformedHeader):
        Identity.from_seed(SEED).unwrap([forged])


def test_a_file_cannot_ask_for_more_work_than_is_allowed() -> None:
    stanza = PassphraseRecipient("a", log_n=5).wrap(bytes(16))
    assert PassphraseIdentity("a", max_log_n=5).unwrap([stanza]) == bytes(16)
    with pytest.raises(MalformedHeader, match="more passphrase work"):
        PassphraseIdentity("a", max_log_n=4).unwrap([stanza])
    assert PassphraseIdentity("a").unwrap([from_seed(SEED).wrap(bytes(16))]) is None


def test_an_identity_file_has_comments_and_one_identity_a_line() -> None:
    other = Identity.from_seed(bytes(32))
    data = f"# a comment\n\n{EXAMPLE}\r\n#\xff\n{other.text}".encode("latin-1")
    assert [identity.text for identity in read_identity_file(data)] == [EXAMPLE, other.text]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "holds no identity"),
        (b"# only a comment\n", "holds no identity"),
        (f"# one\n {EXAMPLE}\n".encode(), "line 2"),
        (f"{EXAMPLE} \n".encode(), "line 1"),
        (f"{EXAMPLE}\x85\n".encode("latin-1"), "line 1"),
        (f"{EXAMPLE}\nsomething else\n".encode(), "line 2"),
        (b"\xff\xfe\x00", "line 1"),
    ],
)
def test_an_identity_file_with_anything_else_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(MalformedKey, match=message) as caught:
        read_identity_file(data)
    assert EXAMPLE not in str(caught.value)
    assert caught.value.__cause__ is None
