"""The verbs that make keys: `underrose keys`, for ceremonies and for a ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click

from crypto import cosigning, files, signing, strict
from crypto.errors import MalformedKey
from crypto.identity import read_identity_file
from crypto.note import NoteKey
from crypto.roster import parse
from deploy import ceremony, committee, days
from deploy.errors import FolderTaken

EXAMPLE = Path(__file__).parent / "committee.example.toml"
_HANDOVER = """\
{name}: {readers} readers, roster valid until {expires_on}

  fingerprint  {fingerprint}
  root key     {root_key}
  The root key goes into both hosts' settings. Read the fingerprint aloud now: everybody
  writes it down, and compares it later with what the pages show.

  in {folder}:
  people/ID/identity.age     to that person, who keeps a copy; the console keeps another
  people/ID/passphrase.txt   to that person on paper or by hand; then destroy the file
  people/secretariat/        both to the secretary, who opens the committee's own papers with them
  safe/                      to the committee's safe, on two media: root.key signs the next roster,
                             recovery.identity opens recovery/ID.age, a copy of that person's
                             identity for when a passphrase is lost; secretariat.identity opens the
                             committee's own papers. Keep recovery.identity and recovery/ apart:
                             together they open every case
  intake/statement.key       to the intake host
  review/                    to the review host: routing.identity, store.key and ledger.key,
                             which signs the ledger; nobody needs a copy of that one, because a
                             ledger whose key is lost is continued by another
  roster.json, root.pub      to both hosts; they are public

  When all of it has arrived, destroy the folder.
"""


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_work_factor = click.option(
    "--work-factor",
    default=ceremony.WORK_FACTOR,
    show_default=True,
    type=click.IntRange(10, 22),
    help="How much work a guess at a passphrase is.",
)


@click.group()
def keys() -> None:
    """Make a committee's keys, away from any network."""


@keys.command("new-committee")
@click.option(
    "--committee",
    "description",
    type=_FILE,
    help="The TOML file that names the committee's people.",
)
@click.option("--demo", is_flag=True, help="An invented committee, which only a demo accepts.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder.")
@_work_factor
@click.option("--today", type=days.DAY, help="The day on which the roster is issued.")
def new_committee(
    description: Path | None, demo: bool, out: Path, work_factor: int, today: date | None
) -> None:
    """Make root key, roster, host keys and every reader's identity.

    Needs no network, no database and no settings; run it on a machine that never had one.
    """
    if (description is None) is not demo:
        raise click.UsageError("give one of --committee FILE and --demo")
    plan = committee.read((description or EXAMPLE).read_text(encoding="utf-8"))
    made = ceremony.hold(plan, today or days.today(), demo=demo, work_factor=work_factor)
    ceremony.write(made.papers, out)
    click.echo(
        _HANDOVER.format(
            name=plan.name,
            readers=len(plan.readers),
            expires_on=made.roster.expires_on,
            fingerprint=made.roster.fingerprint,
            root_key=strict.to_b64(made.root_key),
            folder=out,
        )
    )


@keys.command("recover")
@click.argument("copy", type=_FILE)
@click.option("--recovery", required=True, type=_FILE, help="The file recovery.identity.")
@click.option("--roster", required=True, type=_FILE, help="The file roster.json.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder.")
@_work_factor
def recover(copy: Path, recovery: Path, roster: Path, out: Path, work_factor: int) -> None:
    """Give a reader who lost their passphrase another one.

    COPY is safe/recovery/ID.age. Run it where the ceremony was held. Afterwards hand over what is
    in the folder, run `underrose people set-identity` with the new file, and destroy the folder.
    """
    identities = read_identity_file(recovery.read_bytes())
    papers = ceremony.recover(
        parse(roster.read_bytes()), copy.read_bytes(), identities[0], work_factor=work_factor
    )
    ceremony.write(papers, out)
    for paper in papers:
        click.echo(f"wrote: {out / paper.path}")


@keys.command("new-ledger")
@click.option("--name", required=True, help="The ledger's name, one word that no other ever had.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new file.")
def new_ledger(name: str, out: Path) -> None:
    """Make a key that signs a ledger, and print its public half.

    The file is for the review host. What is printed goes into the next roster (`keys next-roster`)
    and into the policy of everybody who verifies.
    """
    with _new_file(out):
        key = cosigning.new_key(name, str(out))
    click.echo(key.text)


@keys.command("next-roster")
@click.option("--roster", required=True, type=_FILE, help="The newest roster.")
@click.option("--root", required=True, type=_FILE, help="The file root.key from the safe.")
@click.option("--ledger-key", help="What `keys new-ledger` printed, if the ledger has another key.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new file.")
@click.option("--today", type=days.DAY, help="The day on which the roster is issued.")
def next_roster(
    roster: Path, root: Path, ledger_key: str | None, out: Path, today: date | None
) -> None:
    """Sign the roster after the newest one, with the same people, valid for as long.

    Run it where the ceremony was held, read the fingerprint aloud, and publish the file on both
    hosts.
    """
    made = ceremony.next_roster(
        parse(roster.read_bytes()),
        _seed(root),
        today or days.today(),
        ledger_key=None if ledger_key is None else NoteKey.parse(ledger_key),
    )
    with _new_file(out):
        files.write_new(str(out), made.document)
    click.echo(f"epoch {made.epoch}, valid until {made.expires_on}, fingerprint {made.fingerprint}")


@contextmanager
def _new_file(out: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise FolderTaken(
            f"{out} exists already, and a key or a roster is never written over",
            hint="name another file with --out",
        ) from None


def _seed(file: Path) -> bytes:
    seed = strict.b64(file.read_text("ascii").removesuffix("\n"))
    if len(seed) != signing.SEED_SIZE:
        raise MalformedKey("root.key does not hold 32 bytes in base64")
    return seed
