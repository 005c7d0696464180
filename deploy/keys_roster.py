"""The verbs of `underrose keys` that make the next roster: who comes, goes, or has another key."""

from datetime import date
from pathlib import Path

import click

from crypto import enrolment, files
from crypto.enrolment import Enrolled
from crypto.errors import EnrolmentRejected
from crypto.note import NoteKey
from crypto.roster import ROLES, parse
from deploy import ceremony, change, days, keys_files
from deploy.committee import Seat
from deploy.errors import FolderTaken
from deploy.keys_files import FILE, PATH, hand_over, of_a_roster, root_of

_requests = click.option(
    "--requests", required=True, type=FILE, help="What `underrose people requests` wrote."
)
_fingerprint = click.option(
    "--fingerprint", prompt="The fingerprint, as the person reads it aloud",
    help="What the person reads from the screen on which they made their key.",
)  # fmt: skip


@click.command("join")
@click.argument("person")
@_requests
@_fingerprint
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--title", required=True, help="What the person is, as pages show it.")
@click.option("--name", required=True, help="What the person is called.")
@of_a_roster
def join(
    person: str,
    requests: Path,
    fingerprint: str,
    role: str,
    title: str,
    name: str,
    roster: Path,
    root: Path,
    out: Path,
    today: date | None,
    valid_days: int | None,
    present: tuple[str, ...],
) -> None:
    """Give PERSON a seat, with the key that they made in their own browser."""
    base = root_of(roster, root, today, valid_days)
    found = _found(requests, person, fingerprint)
    made = change.join(base, found, Seat(person, role, title, name))
    hand_over(base, made, out, "Somebody joins the committee", present)


@click.command("leave")
@click.argument("person")
@click.option("--listed", is_flag=True, help="They can still be named as involved.")
@of_a_roster
def leave(
    person: str,
    listed: bool,
    roster: Path,
    root: Path,
    out: Path,
    today: date | None,
    valid_days: int | None,
    present: tuple[str, ...],
) -> None:
    """Take PERSON off the roster.

    What was open to them cannot be unseen. Every open case needs a new key afterwards, which the
    others make in the console, whose home page names them.
    """
    base = root_of(roster, root, today, valid_days)
    made = change.leave(base, person, stays_listed=listed)
    hand_over(base, made, out, "Somebody leaves the committee", present)


@click.command("seat")
@click.argument("person")
@click.option("--role", required=True, type=click.Choice(ROLES))
@of_a_roster
def seat(
    person: str,
    role: str,
    roster: Path,
    root: Path,
    out: Path,
    today: date | None,
    valid_days: int | None,
    present: tuple[str, ...],
) -> None:
    """Give PERSON, who reads already, another role; a new chair makes the old one a member."""
    base = root_of(roster, root, today, valid_days)
    made = change.seat_again(base, person, role)
    hand_over(base, made, out, "Somebody has another role", present)


@click.command("extend")
@of_a_roster
def extend(
    roster: Path,
    root: Path,
    out: Path,
    today: date | None,
    valid_days: int | None,
    present: tuple[str, ...],
) -> None:
    """Let the same people and keys count for longer, or with --valid-days for less long."""
    base = root_of(roster, root, today, valid_days)
    hand_over(base, change.extend(base), out, "The roster counts for longer", present)


@click.group("rotate")
def rotate() -> None:
    """Replace a key by another."""


@rotate.command("reader")
@click.argument("person")
@_requests
@_fingerprint
@of_a_roster
def rotate_reader(
    person: str,
    requests: Path,
    fingerprint: str,
    roster: Path,
    root: Path,
    out: Path,
    today: date | None,
    valid_days: int | None,
    present: tuple[str, ...],
) -> None:
    """Give PERSON the key of their new request in the place of the one they have."""
    base = root_of(roster, root, today, valid_days)
    made = change.rotate_reader(base, _found(requests, person, fingerprint))
    hand_over(base, made, out, "A reader has another key", present)


def _office(name: str, title: str, meaning: str) -> None:
    @rotate.command(name, help=meaning)
    @of_a_roster
    def command(
        roster: Path,
        root: Path,
        out: Path,
        today: date | None,
        valid_days: int | None,
        present: tuple[str, ...],
    ) -> None:
        base = root_of(roster, root, today, valid_days)
        _refuse_taken(out)
        hand_over(base, change.OFFICES[name](base), out, title, present)


_office(
    "routing",
    "The routing key is replaced",
    """Replace the routing key.

    On the review host put the new line into the file of REVIEW_ROUTING_IDENTITY_FILE, above the
    old one: what was sealed before still needs that.""",
)
_office(
    "statement",
    "The statement key is replaced",
    """Replace intake's statement key.

    The earlier keys stay listed, so that what they signed still verifies. Put the file in the place
    of INTAKE_STATEMENT_KEY_FILE once the roster is published.""",
)
_office(
    "ledger",
    "The ledger's key is replaced",
    """Replace the ledger's key, and with it the ledger's name.

    Publish the roster, put the file in the place of REVIEW_LEDGER_KEY_FILE and run `underrose
    ledger continue`: the ledger goes on under its new name, whose first entry names the last
    checkpoint of the old one. Who verifies needs the key in their policy.""",
)


_office(
    "root",
    "The root key is replaced",
    """Replace the root key, by a new one that the old one signs for.

    Whoever was set up with the old key follows the line to the new one: no setting changes. Keep
    the new file on two media in the safe and destroy the old one. A root key that is lost cannot
    be replaced, because nothing could sign for another.""",
)


@rotate.command("recovery")
@click.option(
    "--copies",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder with the recovery copies, one ID.age for each.",
)
@keys_files.shares
@keys_files.key
@of_a_roster
def rotate_recovery(
    copies: Path,
    share: tuple[Path, ...],
    recovery: Path | None,
    roster: Path,
    root: Path,
    out: Path,
    today: date | None,
    valid_days: int | None,
    present: tuple[str, ...],
) -> None:
    """Replace the recovery key, and seal every recovery copy to the new one.

    Split the new one with `underrose keys recovery split`, and destroy the old shares and copies.
    """  # fmt: skip
    base = root_of(roster, root, today, valid_days)
    _refuse_taken(out)
    old = keys_files.recovery_identity(recovery, share)
    held = {path.stem: path.read_bytes() for path in copies.glob("*.age")}
    made = change.rotate_recovery(base, held, old)
    hand_over(base, made, out, "The recovery key is replaced", present)


@click.command("requests")
@click.argument("requests", type=FILE)
@click.option("--roster", required=True, type=FILE, help="The newest roster.")
def show_requests(requests: Path, roster: Path) -> None:
    """Show whose requests a file holds, and whether the next roster could take them in.

    The fingerprints are those of the file. They count for something when the person reads the same
    from the screen on which the key was made.
    """
    newest = parse(roster.read_bytes())
    for each in enrolment.read_list(requests.read_bytes()):
        request = each.request
        says = "can be taken in"
        try:
            enrolment.check_fits(request, newest)
        except EnrolmentRejected as rejected:
            says = str(rejected)
        copy = "with a recovery copy" if each.copy is not None else "WITHOUT a recovery copy"
        click.echo(f"{request.seat}: {request.fingerprint}, {request.on}, {copy}, {says}")


@click.command("next-roster")
@click.option("--roster", required=True, type=FILE, help="The newest roster.")
@click.option("--root", required=True, type=FILE, help="The file root.key from the safe.")
@click.option("--ledger-key", help="What `keys new-ledger` printed, if the ledger has another key.")
@click.option("--out", required=True, type=PATH, help="A new file.")
@click.option("--today", type=days.DAY, help="The day on which the roster is issued.")
def next_roster(
    roster: Path, root: Path, ledger_key: str | None, out: Path, today: date | None
) -> None:
    """Sign the roster after the newest one, with the same people, valid for as long.

    Run it where the ceremony was held, read the fingerprint aloud, and publish the file on both
    hosts. `keys extend` does the same and writes a protocol.
    """
    made = ceremony.next_roster(
        parse(roster.read_bytes()),
        keys_files.seed(root),
        today or days.today(),
        ledger_key=None if ledger_key is None else NoteKey.parse(ledger_key),
    )
    with keys_files.new_file(out):
        files.write_new(str(out), made.document)
    click.echo(f"epoch {made.epoch}, valid until {made.expires_on}, fingerprint {made.fingerprint}")


def _found(requests: Path, person: str, fingerprint: str) -> Enrolled:
    found = change.find(enrolment.read_list(requests.read_bytes()), person)
    change.read_aloud(found.request, fingerprint)
    return found


def _refuse_taken(out: Path) -> None:
    # A key that is drawn is another one each time: nothing could say that it was done already.
    if out.exists():
        raise FolderTaken(
            f"{out} exists already, and a ceremony never writes over another",
            hint="name a folder that does not exist yet with --out",
        )


commands = (join, leave, seat, extend, rotate, show_requests, next_roster)
