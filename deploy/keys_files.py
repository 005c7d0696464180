"""What the verbs of `underrose keys` share: options, the files of a ceremony, and its protocol."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click

from crypto import recovery, signing, strict
from crypto.errors import MalformedKey
from crypto.identity import Identity, read_identity_file
from crypto.roster import Roster, parse
from deploy import ceremony, days, protocol
from deploy.ceremony import Paper
from deploy.change import Change, Root
from deploy.errors import FolderTaken

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PATH = click.Path(path_type=Path)
ROSTER = "roster.json"

work_factor = click.option(
    "--work-factor",
    default=ceremony.WORK_FACTOR,
    show_default=True,
    type=click.IntRange(10, 22),
    help="How much work a guess at a passphrase is.",
)
out = click.option("--out", required=True, type=PATH, help="A new folder.")
today = click.option("--today", type=days.DAY, help="The day on which it is done.")
present = click.option(
    "--present", multiple=True, metavar="NAME", help="Who is there; for each of them once."
)
shares = click.option(
    "--share", multiple=True, type=FILE, help="A sheet with a share; for each of them once."
)
key = click.option("--recovery", type=FILE, help="The file recovery.identity, if it was not split.")


def of_a_roster(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every verb that makes the next roster."""
    for option in (
        click.option("--roster", required=True, type=FILE, help="The newest roster."),
        click.option("--root", required=True, type=FILE, help="The file root.key from the safe."),
        out,
        today,
        click.option(
            "--valid-days",
            type=click.IntRange(1, 3660),
            help="How long the next roster counts, from today; otherwise as long as this one.",
        ),
        present,
    ):
        command = option(command)
    return command


def root_of(roster: Path, root: Path, on: date | None, valid_days: int | None) -> Root:
    """What the options say of the newest roster."""
    return Root(parse(roster.read_bytes()), seed(root), on or days.today(), valid_days)


def hand_over(root: Root, change: Change, folder: Path, title: str, people: Sequence[str]) -> None:
    """Write what a change made and say what is next. The same again says so and writes nothing."""
    made = change.roster
    if _is_there(folder, made):
        click.echo(f"done already: epoch {made.epoch}, in {folder}")
    else:
        papers = [Paper(ROSTER, made.document), *change.papers]
        keep(
            papers,
            folder,
            protocol.Protocol(
                title=title,
                on=root.today,
                done=change.done,
                present=people,
                before=root.roster,
                after=made,
            ),
        )
    click.echo(f"epoch {made.epoch}, valid until {made.expires_on}, fingerprint {made.fingerprint}")
    click.echo("read the fingerprint aloud, sign the protocol, then on each host:")
    click.echo(f"  underrose roster publish {folder / ROSTER}")


def keep(papers: Sequence[Paper], folder: Path, page: protocol.Protocol) -> None:
    """Write files and their protocol into a new folder. Raises FolderTaken."""
    named = [paper.path for paper in papers]
    page = protocol.Protocol(**{**vars(page), "files": named})
    ceremony.write([*papers, Paper(protocol.NAME, protocol.render(page))], folder)
    for name in [*named, protocol.NAME]:
        click.echo(f"wrote: {folder / name}")


def _is_there(folder: Path, made: Roster) -> bool:
    """Whether this very roster was written there. Raises FolderTaken for anything else."""
    if not folder.exists():
        return False
    try:
        found = (folder / ROSTER).read_bytes()
    except OSError:
        found = b""
    if found != made.document or not (folder / protocol.NAME).is_file():
        raise FolderTaken(
            f"{folder} exists already, and a ceremony never writes over another",
            hint="name a folder that does not exist yet with --out",
        )
    return True


@contextmanager
def new_file(out: Path) -> Iterator[None]:
    """Turn a file that is there already into FolderTaken."""
    try:
        yield
    except FileExistsError:
        raise FolderTaken(
            f"{out} exists already, and a key or a roster is never written over",
            hint="name another file with --out",
        ) from None


def seed(file: Path) -> bytes:
    """The seed in root.key. Raises MalformedKey."""
    found = strict.b64(file.read_text("ascii").removesuffix("\n"))
    if len(found) != signing.SEED_SIZE:
        raise MalformedKey("root.key does not hold 32 bytes in base64")
    return found


def recovery_identity(file: Path | None, sheets: Sequence[Path]) -> Identity:
    """The recovery identity, from its file or from the shares on these sheets."""
    if (file is None) is not bool(sheets):
        raise click.UsageError("give either --recovery FILE or --share SHEET for each share")
    if file is not None:
        return read_identity_file(file.read_bytes())[0]
    return Identity.from_seed(recovery.join(map(read_share, sheets)))


def read_share(sheet: Path) -> str:
    """The words on a sheet: its indented lines, without their numbers."""
    lines = sheet.read_text("utf-8").splitlines()
    indented = [line for line in lines if line.startswith("    ")]
    words = " ".join(indented or lines).split()
    return " ".join(word for word in words if not word.rstrip(".").isdecimal())
