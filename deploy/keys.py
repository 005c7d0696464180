"""The verbs of the ceremony: `underrose keys new-committee` and `keys recover`."""

from datetime import date
from pathlib import Path

import click

from crypto import strict
from crypto.identity import read_identity_file
from crypto.roster import parse
from deploy import ceremony, committee, days

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
  safe/                      to the committee's safe, on two media: root.key signs the next roster,
                             recovery.identity opens recovery/ID.age, a copy of that person's
                             identity for when a passphrase is lost; secretariat.identity opens the
                             committee's own papers. Keep recovery.identity and recovery/ apart:
                             together they open every case
  intake/statement.key       to the intake host
  review/                    to the review host: routing.identity and store.key
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
