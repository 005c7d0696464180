"""`python -m crypto verify`: say in words what a proof file proves, or what is wrong with it.

It needs the proof, a policy and no network, and works as well after the case has been disposed of.
What it prints comes from the policy, which is the verifier's own, and from coded fields; nothing
that somebody else wrote freely reaches the terminal.
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime

from crypto import entry, files, proof, strict
from crypto.cosigning import Commands, read_policy
from crypto.entry import Entry
from crypto.errors import Malformed, MalformedProof
from crypto.padding import MESSAGE_LIMIT
from crypto.policy import Witnessed
from crypto.proof import Proof

_LAST_YEAR = 9999


def sentences(kept: Proof, what: Entry, witnessed: Witnessed) -> Iterator[str]:
    """What a checked proof of this entry shows, a line each."""
    head = witnessed.checkpoint
    yield f"{what.meaning}, on {what.on.isoformat()}"
    yield f"it is entry {kept.index + 1} of {head.size} in the ledger {_plain(head.origin)}"
    if what.commitment is not None:
        yield f"it commits to a text, as {what.commitment}"
    for each in witnessed.cosigned:
        yield f"cosigned by {_plain(each.name)}, {_time(each.at)}"
    if not witnessed.cosigned:
        yield "nobody has cosigned it: whoever keeps the ledger could have rewritten it"


def _plain(name: str) -> str:
    """A name without what could move a terminal's cursor or the direction of writing."""
    return "".join(symbol if symbol.isprintable() else "?" for symbol in name)


def _time(at: int) -> str:
    """The day of a signature, of whose time we know only what its maker says."""
    if at == 0:
        return "without a time"
    try:
        return f"on {datetime.fromtimestamp(at, UTC).date().isoformat()}"
    except (ValueError, OverflowError, OSError):
        return f"after the year {_LAST_YEAR}"


def add_command(commands: Commands) -> None:
    """Add `verify` to the command line."""
    parser = commands.add_parser("verify", help="check a proof that something is in a ledger")
    parser.description = (
        "Checks a proof file against a policy and says what was recorded and when. With the text "
        "that the submitter kept and its nonce, it also checks that it was this text."
    )
    add = parser.add_argument
    add("--proof", metavar="FILE", required=True, help="the proof, a .tlog-proof file")
    add("--policy", metavar="FILE", required=True, help="the policy: which keys to believe")
    add("--text", metavar="FILE", help="the text that was kept, byte for byte")
    add("--nonce", metavar="HEX", help="the nonce that was kept with the text")

    def run(options: argparse.Namespace) -> None:
        if (options.text is None) != (options.nonce is None):
            parser.error("a text is checked with its nonce: give --text and --nonce")
        _run(options)

    parser.set_defaults(command=run)


def _run(options: argparse.Namespace) -> None:
    rules = read_policy(options.policy)
    with files.about(options.proof):
        kept = proof.parse(files.read(options.proof, proof.SIZE_LIMIT))
        if kept.extra is None:
            raise MalformedProof("the proof does not hold the entry that it is about")
        what = entry.parse(kept.extra)
        witnessed = kept.check(kept.extra, rules)
    lines = list(sentences(kept, what, witnessed))
    if options.text is not None:
        with files.about(options.text):
            what.check_text(_nonce(options.nonce), files.read(options.text, MESSAGE_LIMIT))
        lines.insert(1, "the text is the one that was received")
    print("\n".join(lines))


def _nonce(text: str) -> bytes:
    try:
        return strict.hex_bytes(text, entry.NONCE_SIZE)
    except Malformed:
        raise Malformed("the nonce is 64 hexadecimal digits in lower case") from None
