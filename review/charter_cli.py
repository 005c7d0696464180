"""The verbs of the charter's book: assess a book, check a story, export and import.

Mounted by deploy/cli.py as `underrose charter`. Whatever rule there is, is in review/charter and,
for what a book records of cases, in review/casework; this module reads a file, prints, and exits.
"""

import os
from datetime import date, datetime
from pathlib import Path

import click

from review.casework.filed.assess import assess
from review.charter import commands
from review.charter.clauses import Charter, default_charter, load_charter
from review.charter.errors import CharterError
from review.charter_desk import NoBook, charter_of, end_records
from review.charter_documents import EXPIRES
from review.charter_files import export_book, import_book
from review.jobs import today
from review.roles import Act, may
from review.settings import Settings
from review.store import documents
from review.store import people as people_store
from review.store.database import open_book, writing

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])


class BookRefused(click.ClickException):
    """A file that cannot be read: every problem on a line of its own, as the terminal shows it."""

    def __init__(self, error: CharterError) -> None:
        super().__init__("\n".join(f"underrose: {problem}" for problem in error.problems))
        self.problems = error.problems

    def show(self, file: object = None) -> None:
        """Print every problem."""
        del file
        click.echo(self.message, err=True)


@click.group("charter")
def charter_group() -> None:
    """The charter's book: what is met, due, late or breached."""


@charter_group.command("assess")
@click.argument("book", type=FILE)
@click.option("--as-of", type=DAY, help="The day of the assessment; today without it.")
@click.option("--known-at", type=DAY, help="What was written down by this day; as-of without it.")
@click.option("--clause", default="", metavar="ID", help="One clause or leaf, such as R-1d.")
@click.option("--charter", "charter_file", type=FILE, help="Another charter than the one shipped.")
@click.option("--viewer", default="", metavar="PERSON", help="As this person may know it.")
@click.option(
    "--format", "form", type=click.Choice(commands.FORMATS), default="table", show_default=True
)
def assess_command(
    book: Path,
    as_of: datetime | None,
    known_at: datetime | None,
    clause: str,
    charter_file: Path | None,
    viewer: str,
    form: str,
) -> None:
    """Say what the BOOK of a committee comes to on a day."""
    # The only clock of the charter's half is here, at the edge.
    day = as_of.date() if as_of else date.today()  # noqa: DTZ011 (the host's civil day)
    known = known_at.date() if known_at else None
    try:
        charter = _charter(charter_file)
        outcome = commands.assess_book(
            book.read_bytes(),
            charter,
            day,
            known,
            clause=clause,
            form=form,
            viewer=viewer,
            assessed_by=assess,
        )
    except CharterError as error:
        raise BookRefused(error) from error
    except commands.UnknownClause as error:
        raise click.BadParameter(str(error), param_hint="--clause") from error
    except commands.UnknownViewer as error:
        raise click.BadParameter(str(error), param_hint="--viewer") from error
    click.echo(outcome.text, nl=False)


@charter_group.command("check")
@click.argument("story", type=FILE)
@click.option("--charter", "charter_file", type=FILE, help="Another charter than the one shipped.")
def check_command(story: Path, charter_file: Path | None) -> None:
    """Run a STORY: a book with what is to be expected of it, variants included."""
    try:
        outcome = commands.check_story(story.read_bytes(), _charter(charter_file), assess)
    except CharterError as error:
        raise BookRefused(error) from error
    click.echo(outcome.text, nl=False)
    if outcome.status:
        raise SystemExit(outcome.status)


@charter_group.command("export")
@click.argument("out", type=NEW_FILE)
def export_command(out: Path) -> None:
    """Write the console's book of the charter into a new file OUT."""
    settings = Settings.from_environ(os.environ)
    try:
        with writing(open_book(settings.book_url)) as connection:
            text = export_book(connection, charter_of(connection), None, today(settings))
            # Inside the transaction: what the ledger is told of has been written.
            with out.open("xb") as file:
                file.write(text)
    except FileExistsError as error:
        raise click.BadParameter(f"{out} exists already", param_hint="OUT") from error
    except NoBook as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"exported: the charter's book, in {out}")


@charter_group.command("import")
@click.argument("book", type=FILE)
@click.option("--by", required=True, metavar="ID", help="The secretary's id on the roster.")
def import_command(book: Path, by: str) -> None:
    """Take the records of the file BOOK into the console's book, all of them or none.

    Records that are there already are left as they are, so that an export with new lines can come
    back. A record that is there with other words is an error: records are superseded.
    """
    settings = Settings.from_environ(os.environ)
    try:
        with writing(open_book(settings.book_url)) as connection:
            person = people_store.by_id(connection, by)
            if person is None or not may(person.role, Act.RECORD_CHARTER):
                raise click.BadParameter(f"{by} does not record the charter", param_hint="--by")
            done = import_book(
                connection, charter_of(connection), book.read_bytes(), by, today(settings)
            )
    except CharterError as error:
        raise BookRefused(error) from error
    click.echo(f"imported: {done.added} records; there already: {done.known}")


@charter_group.command("end-records")
def end_command() -> None:
    """End the records whose schedule says so. Of each a stub stays; nothing else can be missed.

    Documents that were not brought whole within a day are dropped too. Run it once a day, by a
    timer. It says how many have ended, and nothing when none has.
    """
    settings = Settings.from_environ(os.environ)
    try:
        with writing(open_book(settings.book_url)) as connection:
            documents.expire(connection, today(settings) - EXPIRES)
            ended = end_records(connection, charter_of(connection), today(settings))
    except NoBook:
        # A timer that runs before the committee has begun is no failure.
        return
    if ended:
        click.echo(f"ended: {ended} records, of each of which a stub stays")


def _charter(path: Path | None) -> Charter:
    return load_charter(path.read_text(encoding="utf-8")) if path else default_charter()
