"""The verbs that make keys: `underrose keys`, for ceremonies and for a ledger."""

from datetime import date
from pathlib import Path

import click

from crypto import cosigning, strict
from deploy import ceremony, committee, days, keys_roster, protocol
from deploy.keys_files import FILE, new_file, present, work_factor
from deploy.keys_recovery import recovery_group

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
                             committee's own papers. Split recovery.identity among people with
                             `underrose keys recovery split`: with recovery/ it opens every case
  intake/statement.key       to the intake host
  review/                    to the review host: routing.identity, store.key and ledger.key,
                             which signs the ledger; nobody needs a copy of that one, because a
                             ledger whose key is lost is continued by another
  roster.json, root.pub      to both hosts; they are public
  protocol.md                to be printed, and signed by everybody who is there

  When all of it has arrived, destroy the folder.
"""


@click.group()
def keys() -> None:
    """Make a committee's keys, away from any network."""


@keys.command("new-committee")
@click.option(
    "--committee",
    "description",
    type=FILE,
    help="The TOML file that names the committee's people.",
)
@click.option("--demo", is_flag=True, help="An invented committee, which only a demo accepts.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder.")
@work_factor
@click.option("--today", type=days.DAY, help="The day on which the roster is issued.")
@present
def new_committee(
    description: Path | None,
    demo: bool,
    out: Path,
    work_factor: int,
    today: date | None,
    present: tuple[str, ...],
) -> None:
    """Make root key, roster, host keys and every reader's identity.

    Needs no network, no database and no settings; run it on a machine that never had one.
    """
    if (description is None) is not demo:
        raise click.UsageError("give one of --committee FILE and --demo")
    plan = committee.read((description or EXAMPLE).read_text(encoding="utf-8"))
    on = today or days.today()
    made = ceremony.hold(plan, on, demo=demo, work_factor=work_factor)
    page = protocol.render(
        protocol.Protocol(
            title="A committee gets its keys",
            on=on,
            done=["the keys of everybody and of both hosts were made, and the first roster signed"],
            present=present,
            files=[paper.path for paper in made.papers],
            after=made.roster,
        )
    )
    ceremony.write([*made.papers, ceremony.Paper(protocol.NAME, page)], out)
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


@keys.command("new-ledger")
@click.option("--name", required=True, help="The ledger's name, one word that no other ever had.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new file.")
def new_ledger(name: str, out: Path) -> None:
    """Make a key that signs a ledger, and print its public half.

    The file is for the review host. What is printed goes into the next roster (`keys next-roster`)
    and into the policy of everybody who verifies.
    """
    with new_file(out):
        key = cosigning.new_key(name, str(out))
    click.echo(key.text)


for command in (*keys_roster.commands, recovery_group):
    keys.add_command(command)
