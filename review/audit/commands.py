"""The commands of the auditor's verifier, which print sentences and return an exit status."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from crypto import files, note, proof, strict
from crypto.cosigning import read_key, read_policy
from crypto.errors import CryptoError, Malformed
from review.audit import accounted, report
from review.audit.errors import CannotVerify
from review.audit.known import Asked
from review.audit.opened import open_bundle
from review.audit.verifier import Verified, verify

HOLDS, EXCEPTIONS, CANNOT = 0, 1, 2
_REPORT_LIMIT = 1 << 24
_ROOT_KEY_SIZE = 32


def run(arguments: Sequence[str] | None) -> int:
    """Run the command that the arguments name."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except (CannotVerify, CryptoError) as error:
        lines = ": ".join([*reversed(getattr(error, "__notes__", [])), str(error)]).split("\n")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        lines = [f"{error.filename}: {reason}" if error.filename else reason]
    except MemoryError:
        lines = ["this takes more memory than there is"]
    except Exception as error:  # noqa: BLE001 - a crash must never look like exceptions, status 1
        kind = type(error).__name__
        lines = [f"the verifier itself failed: {kind}: {error}".split("\n")[0], "keep the bundle"]
    print(f"audit: {report.plain(lines[0])}", file=sys.stderr)
    for hint in lines[1:]:
        print(f"hint: {report.plain(hint)}", file=sys.stderr)
    return CANNOT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m review.audit")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    verifying = commands.add_parser("verify", help="verify an auditor's bundle")
    verifying.description = (
        "Checks everything that a bundle can show without opening anything. Exit status 0 if all "
        "holds, 1 if there are exceptions, 2 if it cannot be verified."
    )
    add = verifying.add_argument
    add("bundle", metavar="BUNDLE", help="the file that underrose export --auditor made")
    add("--since", metavar="FILE", help="the checkpoint seen last time: the ledger continues it")
    add("--checkpoint", metavar="FILE", help="the checkpoint to be cosigned: of this very tree")
    add("--policy", metavar="FILE", help="whose signatures count, and how many cosigners")
    add("--root-key", metavar="BASE64", help="the committee's root key, as the ceremony printed it")
    add("--root", metavar="BASE64", action="append", default=[], help="a root in the minutes")
    add("--report", metavar="OUT", help="write a report, as OUT.md or OUT.json")
    verifying.set_defaults(command=_verify)
    signing = commands.add_parser("sign", help="sign a report in JSON")
    signing.description = "Signs a report that verify has written, to be handed in to the console."
    signing.add_argument("file", metavar="REPORT", help="the report, in JSON")
    signing.add_argument("--key", metavar="FILE", required=True, help="the auditor's private key")
    signing.add_argument("-o", dest="out", metavar="OUT", required=True, help="where to write")
    signing.set_defaults(command=_sign)
    return parser


def _verify(options: argparse.Namespace) -> int:
    written = _writer(options.report)
    if options.report is not None:
        # That of last time must not be taken for this one, whatever happens.
        Path(options.report).unlink(missing_ok=True)
    asked = Asked(
        since=_checkpoint(options.since),
        cosigning=_proof(options.checkpoint),
        policy=None if options.policy is None else read_policy(options.policy),
        root_key=None if options.root_key is None else _root_key(options.root_key),
        roots=tuple(_root(each) for each in options.root),
    )
    with open_bundle(Path(options.bundle)) as opened:
        verified = verify(opened, asked)
        _print(verified)
        if written is not None:
            files.replace(options.report, written(verified))
    return EXCEPTIONS if verified.exceptions else HOLDS


def _writer(path: str | None) -> Callable[[Verified], bytes] | None:
    if path is None:
        return None
    if path.endswith(".json"):
        return report.to_json
    if path.endswith(".md"):
        return lambda verified: report.to_markdown(verified).encode()
    raise Malformed("a report is a file that ends in .md or .json")


def _print(verified: Verified) -> None:
    for line in report.ledger_lines(verified):
        print(line)
    for line in report.exception_lines(verified):
        print(f"exception: {line}")
    for line in report.warning_lines(verified):
        print(f"warning: {line}")
    for line in accounted.lines(verified):
        print(f"retention: {report.plain(line)}")
    for line in report.unchecked(verified):
        print(f"not checked: {line}")
    print(report.last_line(verified))


def _checkpoint(path: str | None) -> note.Note | None:
    if path is None:
        return None
    with files.about(path):
        return note.parse(files.read(path, note.SIZE_LIMIT))


def _proof(path: str | None) -> note.Note | None:
    """The checkpoint of a proof of consistency, which is what cosign takes."""
    if path is None:
        return None
    with files.about(path):
        return proof.parse_consistency(files.read(path, proof.SIZE_LIMIT)).note


def _root(text: str) -> bytes:
    try:
        root = strict.b64(text)
    except Malformed:
        root = b""
    if len(root) != _ROOT_KEY_SIZE:
        raise Malformed("--root is not a root\nit is 44 characters, as the console shows it")
    return root


def _root_key(text: str) -> bytes:
    try:
        key = strict.b64(text)
    except Malformed:
        key = b""
    if len(key) != _ROOT_KEY_SIZE:
        raise Malformed("--root-key is not a key\nit is 44 characters, as the ceremony printed it")
    return key


def _sign(options: argparse.Namespace) -> int:
    signer = read_key(options.key)
    with files.about(options.file):
        signed = report.sign(files.read(options.file, _REPORT_LIMIT), signer)
    files.replace(options.out, signed)
    return HOLDS
