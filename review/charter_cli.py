"""The verbs of the charter's book: assess a book, check a story.

Mounted by deploy/cli.py as `underrose charter`. Whatever rule there is, is in review/charter and,
for what a book records of cases, in review/casework; this module reads a file, prints, and exits.
"""

from datetime import date, datetime
from pathlib import Path

import click

from review.casework.filed.assess import assess
from review.charter import commands
from review.charter.clauses import Charter, default_charter, load_charter
from review.charter.errors import CharterError

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
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


def _charter(path: Path | None) -> Charter:
    return load_charter(path.read_text(encoding="utf-8")) if path else default_charter()
