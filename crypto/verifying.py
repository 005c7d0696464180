"""`python -m crypto verify`: say in words what a proof or a deposit statement shows, or why not.

It needs the files, whom to believe, and no network, and works as well after the case has been
disposed of. Whom to believe is said by a policy, or for a ledger's keeper alone by a roster. What
it prints comes from there and from coded fields; nothing that somebody else wrote freely reaches
the terminal.
"""

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from crypto import certifying, entry, files, kept, proof, roster, statement, strict
from crypto.cosigning import Commands, read_policy
from crypto.entry import Entry
from crypto.errors import Malformed, MalformedProof, UnknownLedger, WrongPlace, WrongText
from crypto.kept import Kept
from crypto.padding import MESSAGE_LIMIT
from crypto.policy import Policy, Witnessed
from crypto.proof import Proof
from crypto.roster import Roster
from crypto.signing import SEED_SIZE
from crypto.statement import Statement

_ROSTER_LIMIT = 1 << 20
_STATEMENT_LIMIT = 1 << 12
_CERTIFICATE_LIMIT = 1 << 24
_LAST_YEAR = 9999


def sentences(read: Proof, what: Entry, witnessed: Witnessed) -> Iterator[str]:
    """What a checked proof of this entry shows, a line each."""
    head = witnessed.checkpoint
    yield f"{what.meaning}, on {what.on.isoformat()}"
    yield f"it is entry {read.index + 1} of {head.size} in the ledger {_plain(head.origin)}"
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
    parser = commands.add_parser("verify", help="check a proof or statement of a deposit")
    parser.description = (
        "Checks a proof file against a policy and says what was recorded and when. With the text "
        "that the submitter kept and its nonce, it also checks that it was this text. A deposit "
        "statement, which stands for the proof until that is there, is checked under a roster of "
        "the committee; so is a proof for which there is no policy. A certificate of disposition "
        "is checked with its proof."
    )
    add = parser.add_argument
    add("--proof", metavar="FILE", help="the proof, a .tlog-proof file")
    add("--statement", metavar="FILE", help="the deposit statement")
    add("--policy", metavar="FILE", help="the policy: which keys to believe")
    add("--roster", metavar="FILE", dest="rosters", action="append", default=[],
        help="a roster of the committee; can be given again")  # fmt: skip
    add("--root-key", metavar="BASE64", help="the committee's key, which signed the rosters")
    add("--kept", metavar="FILE", help=f"text and nonce that were kept, as {kept.NAME}")
    add("--text", metavar="FILE", help="the text that was kept, byte for byte")
    add("--nonce", metavar="HEX", help="the nonce that was kept with the text")
    add("--certificate", metavar="FILE", help="a certificate of disposition, certificate.json")

    def run(options: argparse.Namespace) -> None:
        for wrong, complaint in _complaints(options):
            if wrong:
                parser.error(complaint)
        _run(options)

    parser.set_defaults(command=run)


def _complaints(options: argparse.Namespace) -> Iterator[tuple[bool, str]]:
    """What cannot be asked for, each with whether it was."""
    a_text = options.text is not None
    a_kept_one = options.kept is not None
    no_proof = options.proof is None
    yield (
        a_text != (options.nonce is not None),
        "a text is checked with its nonce: give --text and --nonce",
    )
    yield a_text and a_kept_one, "--kept has the text and its nonce: leave out --text and --nonce"
    yield no_proof and options.statement is None, "there is nothing to check: give --proof"
    yield (
        no_proof and options.certificate is not None,
        "a certificate is checked with its proof: give --proof",
    )
    yield no_proof and (a_text or a_kept_one), "a text is checked against a proof: give --proof"
    yield (
        bool(options.rosters) != (options.root_key is not None),
        "a roster is believed with the committee's key: give --roster and --root-key",
    )
    yield (
        options.statement is not None and not options.rosters,
        "a statement is checked under a roster: give --roster and --root-key",
    )
    yield (
        not no_proof and options.policy is None and not options.rosters,
        "a proof is checked against a policy: give --policy",
    )


def _run(options: argparse.Namespace) -> None:
    rosters = _rosters(options)
    promised = None if options.statement is None else _promised(options.statement, rosters)
    lines: list[str] = []
    if options.proof is not None:
        lines = _proven(options, rosters, promised)
    elif promised is not None:
        lines = list(_promises(promised))
    if any(each.demo for each in rosters):
        lines.append("the roster is a demonstration's: all this shows nothing of a real committee")
    print("\n".join(lines))


def _proven(
    options: argparse.Namespace, rosters: Sequence[Roster], promised: Statement | None
) -> list[str]:
    """What the proof shows, a line each, together with text and statement."""
    rules = _keepers(rosters) if options.policy is None else read_policy(options.policy)
    with files.about(options.proof):
        read = proof.parse(files.read(options.proof, proof.SIZE_LIMIT))
        if read.extra is None:
            raise MalformedProof("the proof does not hold the entry that it is about")
        what = entry.parse(read.extra)
        witnessed = read.check(read.extra, rules)
    lines = list(sentences(read, what, witnessed))
    if options.text is not None or options.kept is not None:
        _check_text(what, options)
        lines.insert(1, "the sender committed to this text; only a reader can say what was sealed")
    if options.certificate is not None:
        lines[1:1] = _certified(what, options.certificate)
    if promised is not None:
        with files.about(options.statement):
            promised.check_entry(what)
        lines.insert(1, "it is the deposit that intake's statement promised")
    return lines


def _certified(what: Entry, name: str) -> Iterator[str]:
    """What a certificate says, if it is the one that the entry names. Raises WrongText."""
    with files.about(name):
        found = certifying.parse(files.read(name, _CERTIFICATE_LIMIT))
        named = what.data.get("certificate"), what.data.get("manifest")
        if what.type != "disposition.verified" or named != (found.hash, found.manifest):
            raise WrongText("the entry names another certificate")
    yield f"it is this certificate: {len(found.gone)} records went, {len(found.left_out)} stayed"
    if found.backup is not None:
        yield f"until {found.backup.isoformat()} a backup could bring a record back"


def _promises(promised: Statement) -> Iterator[str]:
    """What a checked statement shows, a line each."""
    yield f"something was received, on {promised.on.isoformat()}, as intake has stated"
    yield f"the tally of that day must have it, as {promised.deposit}"
    yield "that it is in the ledger is not shown: that takes its proof"


def root_key(text: str) -> bytes:
    """The committee's key that an option says. Raises Malformed."""
    try:
        key = strict.b64(text)
    except Malformed:
        key = b""
    if len(key) != SEED_SIZE:
        raise Malformed("--root-key is not a key\nit is 44 characters, as the ceremony printed it")
    return key


def _rosters(options: argparse.Namespace) -> list[Roster]:
    key = None if options.root_key is None else root_key(options.root_key)
    verified = []
    for name in options.rosters:
        with files.about(name):
            verified.append(roster.verify(files.read(name, _ROSTER_LIMIT), key or b""))
    return verified


def _keepers(rosters: Sequence[Roster]) -> Policy:
    """To believe the keepers whom the rosters name, and to want no cosigner."""
    keys = dict.fromkeys(each.ledger_key for each in rosters if each.ledger_key is not None)
    if not keys:
        raise UnknownLedger("no roster names the key of a ledger\ngive a policy with --policy")
    return Policy(tuple(keys), (), None)


def _promised(name: str, rosters: Sequence[Roster]) -> Statement:
    with files.about(name):
        data = files.read(name, _STATEMENT_LIMIT)
        installation = statement.parse(data).installation
        own = [each for each in rosters if each.installation == installation]
        if not own:
            raise WrongPlace("the statement is of another installation than the roster")
        return statement.verify(data, [key for each in own for key in each.statement_keys])


def _check_text(what: Entry, options: argparse.Namespace) -> None:
    with files.about(options.kept or options.text):
        if options.kept is not None:
            pair = kept.parse(files.read(options.kept, kept.SIZE_LIMIT))
        else:
            nonce = _nonce(options.nonce)
            pair = Kept(nonce, files.read(options.text, MESSAGE_LIMIT))
        what.check_text(pair.nonce, pair.text)


def _nonce(text: str) -> bytes:
    try:
        return strict.hex_bytes(text, entry.NONCE_SIZE)
    except Malformed:
        raise Malformed("the nonce is 64 hexadecimal digits in lower case") from None
