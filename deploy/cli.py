"""The program `underrose`: mounts the verbs of the packages and says in a line what went wrong.

An error that a person can do something about is one line, lower case and without a full stop, with
a hint below it where there is one. Anything else is a mistake in the program and is shown whole.
"""

import os
from pathlib import Path
from typing import IO, Any

import click
from sqlalchemy.exc import OperationalError

from crypto.errors import CryptoError
from deploy import config, database
from deploy import roles as database_roles
from deploy.backup_cli import backup_group, restore
from deploy.demo import demo
from deploy.doctor.cli import doctor
from deploy.drill_cli import drill_group
from deploy.errors import ConfigurationRefused, DatabaseTrouble, DeployError, SettingMissing
from deploy.host.cli import install, uninstall
from deploy.keys import keys
from deploy.notices import notices_group
from deploy.publish import roster
from deploy.served import scripts_group
from deploy.upgrade import upgrade as upgrade_all
from intake.cli import intake_group
from intake.errors import IntakeError
from review.charter_cli import charter_group
from review.cli import review_commands
from review.errors import ReviewError


class Refused(click.ClickException):
    """An error of ours as the terminal shows it."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self._problems = getattr(error, "problems", None) or [str(error)]
        self._hint = getattr(error, "hint", None)

    def show(self, file: IO[Any] | None = None) -> None:
        """Print every problem on a line of its own, then the hint."""
        for problem in self._problems:
            click.echo(f"underrose: {problem}", file=file, err=True)
        if self._hint:
            click.echo(f"hint: {self._hint}", file=file, err=True)


class Commands(click.Group):
    """A group whose verbs may raise our own errors."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb, and turn an error of ours into its line on the terminal."""
        try:
            return super().invoke(ctx)
        except (CryptoError, DeployError, IntakeError, ReviewError) as error:
            raise Refused(error) from error
        except OperationalError as error:
            raise Refused(_trouble(error)) from error


def _trouble(error: OperationalError) -> DatabaseTrouble:
    """What a database says of itself, in a line: it is full, locked, or cannot be reached."""
    said = str(error.orig).strip().partition("\n")[0]
    return DatabaseTrouble(
        f"a database cannot be used: {said}",
        hint="nothing is lost and nothing was done twice: put it right and run this again",
    )


@click.group(cls=Commands)
@click.version_option(package_name="underrose", prog_name="underrose")
def main() -> None:
    """Anonymous intake for an audit committee, and the committee's working book.

    UNDERROSE_CONFIG names a file with settings, UNDERROSE_PROGRAM the program whose they are.
    """
    if os.environ.get(config.FILE):
        file, program = Path(os.environ[config.FILE]), os.environ.get(config.PROGRAM, "")
        os.environ.update(config.settings(file, program or config.MIGRATOR, os.environ))


@click.group("config")
def config_group() -> None:
    """The configuration file."""


@config_group.command("check")
@click.argument("file", type=click.Path(path_type=Path))
def check_config(file: Path) -> None:
    """Say everything that is wrong with FILE, for every program that reads it."""
    problems = config.check(file, {})
    if problems:
        raise ConfigurationRefused(problems)
    click.echo(f"{file}: every program can use it")


@click.group("database")
def database_group() -> None:
    """Make the databases, and bring them to this program's version."""


@database_group.command()
def upgrade() -> None:
    """Make or upgrade every database that the environment names."""
    named = database.urls(os.environ)
    if not named:
        raise SettingMissing(
            "the environment names no database",
            hint="set INTAKE_DATABASE_URL, REVIEW_BOOK_URL or REVIEW_SHRED_URL",
        )
    for name, url in named.items():
        database.upgrade(name, url)
        click.echo(f"{name}: version {database.head(name)}")


@database_group.command()
def roles() -> None:
    """Print what PostgreSQL's administrator runs once: roles and empty databases.

    As in: underrose database roles | sudo -u postgres psql. Run again, it changes nothing that is
    as it should be. The roles have no password: let pg_hba.conf say how each signs in.
    """
    click.echo(database_roles.script(), nl=False)


for command in (
    *(install, uninstall, upgrade_all, doctor),
    *(demo, keys, roster, config_group, database_group, backup_group, restore),
    *(notices_group, drill_group, scripts_group),
    *(intake_group, charter_group, *review_commands),
):
    main.add_command(command)
