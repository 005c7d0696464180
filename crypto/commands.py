"""The commands of `python -m crypto`: what each reads, does and writes.

Every message for people starts in lower case and has no full stop; after a line feed comes a hint.
"""

import argparse
import contextlib
import getpass
import io
import os
import stat
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NoReturn

from crypto import age, cosigning, verifying
from crypto.archive import is_archive
from crypto.errors import CryptoError, Malformed, MalformedKey, WrongIdentity, WrongPassphrase
from crypto.exported import Outcome, open_exported
from crypto.identity import Identity, PassphraseIdentity, read_identity_file
from crypto.recipient import Recipient
from crypto.stanza import SCRYPT, read_header

_STANDARD = "-"
_SEALED = b"age-encryption.org/v1\n"
# Room for many identities with comments, and for one sealed file of them.
_IDENTITY_FILE_LIMIT = 1 << 20


class Refused(Exception):
    """The command line asks for what cannot be done; the message says what and what to do."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Refused(f"{message}\nsee {self.prog} --help")


def run(arguments: Sequence[str] | None) -> int:
    """Do what the command line says, and say the exit status: 1 if part of an export was refused.

    Raises CryptoError, OSError or Refused when nothing came of it.
    """
    options = _parser().parse_args(arguments)
    status: int | None = options.command(options)
    return status or 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m crypto", description="make identities, and seal and open age files"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _keygen_options(commands.add_parser("keygen", help="make an identity and print its recipient"))
    _seal_options(commands.add_parser("seal", help="seal a file to recipients"))
    _open_options(commands.add_parser("open", help="open a sealed file or an exported case"))
    cosigning.add_command(commands)
    verifying.add_command(commands)
    return parser


def _keygen_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", dest="out", metavar="FILE", default=_STANDARD,
        help="a new file for the identity, standard output by default",
    )  # fmt: skip
    parser.set_defaults(command=_keygen)


def _seal_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-r", dest="recipients", metavar="RECIPIENT", action="append", required=True,
        help="who may open it, as age1pq1…; can be given again",
    )  # fmt: skip
    _files(parser)
    parser.set_defaults(command=_seal)


def _open_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Opens a sealed file, or every case of an export (a folder or a zip file) that the "
        "identity was granted. On standard output each 64 KiB is checked before it is written; "
        "that it was all and unchanged is known only by exit status 0. Of an export, what checks "
        "is written, and each thing that was refused or is missing gets a line and exit status 1."
    )
    parser.add_argument(
        "-i", dest="identities", metavar="FILE", action="append", required=True,
        help="an identity file, also one that a passphrase opens; can be given again",
    )  # fmt: skip
    parser.add_argument(
        "--passphrase-file", metavar="FILE",
        help="read the passphrase from a file and do not ask for it",
    )  # fmt: skip
    parser.add_argument(
        "--root-key", metavar="BASE64",
        help="of an export: accept replies, states and notes only from readers of rosters that "
        "this key of the committee signed",
    )  # fmt: skip
    _files(parser)
    parser.set_defaults(command=_open)


def _files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", dest="out", metavar="OUT", default=_STANDARD,
        help="where to write, standard output by default; for an export a folder",
    )  # fmt: skip
    parser.add_argument(
        "source", metavar="IN", nargs="?", default=_STANDARD,
        help="what to read, standard input by default",
    )  # fmt: skip


def _keygen(options: argparse.Namespace) -> None:
    identity = Identity.generate()
    recipient = identity.recipient.text
    content = f"# recipient: {recipient}\n{identity.text}\n"
    if options.out == _STANDARD:
        sys.stdout.write(content)
        return
    # Without O_EXCL a second run would destroy the identity that files are already sealed to.
    descriptor = os.open(options.out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(content)
    except BaseException:
        os.unlink(options.out)
        raise
    print(recipient)


def _seal(options: argparse.Namespace) -> None:
    recipients = [_recipient(n, text) for n, text in enumerate(options.recipients, start=1)]
    if options.out == _STANDARD and sys.stdout.isatty():
        raise Refused("a sealed file is not for a terminal\nname an output file with -o")
    with _source(options.source) as source, _target(options.out) as target:
        age.seal_stream(source, target, recipients)


def _recipient(number: int, text: str) -> Recipient:
    try:
        return Recipient.parse(text)
    except MalformedKey as error:
        # The text itself stays unsaid: somebody may have given an identity by mistake.
        hint = "a recipient starts with age1pq1 and has 1,959 characters"
        raise MalformedKey(f"recipient {number}: {error}\n{hint}") from None


def _open(options: argparse.Namespace) -> int:
    root_key = None if options.root_key is None else verifying.root_key(options.root_key)
    identities = [
        identity
        for name in options.identities
        for identity in _identities(name, options.passphrase_file)
    ]
    if options.source != _STANDARD and is_archive(Path(options.source)):
        out = Path() if options.out == _STANDARD else Path(options.out)
        with _noted(options.source):
            return _report(out, open_exported(Path(options.source), identities, out, root_key))
    if root_key is not None:
        raise Refused("--root-key is for an export\nleave it out for a single file")
    with _source(options.source) as source, _target(options.out) as target:
        age.open_stream(source, target, identities)
    return 0


def _report(out: Path, outcome: Outcome) -> int:
    for case in outcome.opened:
        counts = f"{case.messages} messages, {case.attachments} attachments"
        print(f"{out / case.case}: {counts}")
        if case.closed:
            left = f"hint: {case.closed} more belong to a generation that you were not granted"
            print(left, file=sys.stderr)
    for complaint in outcome.complaints:
        print(f"crypto: {complaint}", file=sys.stderr)
    if any(case.unverified for case in outcome.opened):
        left = "hint: who signed replies, states and notes was not checked: that takes --root-key"
        print(left, file=sys.stderr)
    if outcome.manifest is None:
        left = "hint: without a manifest, what is missing at the end of a thread does not show"
        print(left, file=sys.stderr)
    return 1 if outcome.complaints else 0


def _identities(name: str, passphrase_file: str | None) -> list[Identity]:
    with _noted(name), open(name, "rb") as file:
        data = file.read(_IDENTITY_FILE_LIMIT + 1)
        if len(data) > _IDENTITY_FILE_LIMIT:
            raise MalformedKey("too large to be an identity file")
        if data.startswith(_SEALED):
            _needs_passphrase(data)
            data = _unlock(data, _passphrase(name, passphrase_file))
        return read_identity_file(data)


def _needs_passphrase(sealed: bytes) -> None:
    if read_header(io.BytesIO(sealed)).stanzas[0].kind != SCRYPT:
        raise MalformedKey("a sealed file, and not one that a passphrase opens")


def _unlock(sealed: bytes, passphrase: str) -> bytes:
    try:
        return age.open_sealed(sealed, [PassphraseIdentity(passphrase)])
    except WrongIdentity:
        raise WrongPassphrase("the passphrase does not open it") from None


def _passphrase(name: str, passphrase_file: str | None) -> str:
    if passphrase_file is None:
        return _ask(f"Passphrase for {name}: ")
    with _noted(passphrase_file):
        try:
            text = Path(passphrase_file).read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed("a passphrase is text") from None
        return text.removesuffix("\n").removesuffix("\r")


def _ask(prompt: str) -> str:
    no_terminal = "there is no terminal to ask for the passphrase\nuse --passphrase-file FILE"
    with warnings.catch_warnings():
        # It would go on to read the passphrase, visibly, from what may be the file to open.
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(prompt)
        except (getpass.GetPassWarning, EOFError):
            raise Refused(no_terminal) from None


@contextlib.contextmanager
def _noted(name: str) -> Iterator[None]:
    try:
        yield
    except (CryptoError, Refused) as error:
        error.add_note(name)
        raise


@contextlib.contextmanager
def _source(name: str) -> Iterator[BinaryIO]:
    if name == _STANDARD:
        yield sys.stdin.buffer
        return
    with open(name, "rb") as file, _noted(name):
        yield file


@contextlib.contextmanager
def _target(name: str) -> Iterator[BinaryIO]:
    """A file that appears under its name only when the context ends without an error."""
    if name == _STANDARD:
        yield sys.stdout.buffer
        return
    path = Path(name).resolve()
    # Replacing a device or a pipe by a file is never what was meant.
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        raise Refused(f"{name}: not a file\nleave out -o and send the output there with >")
    try:
        descriptor, scratch = tempfile.mkstemp(prefix=".unfinished-", dir=path.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, name) from None
    try:
        with open(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        os.replace(scratch, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(scratch)
        raise
