"""The verbs `underrose install` and `underrose uninstall`."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import click

from deploy import config, database
from deploy.errors import ConfigurationRefused, InstallRefused
from deploy.host import answers as told
from deploy.host import next_steps, plan
from deploy.host.answers import POSTGRESQL, SQLITE, Answers
from deploy.host.configuration import KEYS
from deploy.host.machine import Machine, Step, run
from deploy.host.removal import remove

_PATH = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_root = click.option("--root", type=_FOLDER, default="/", help="Another root folder than /.")
_dry = click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")


@click.command("install")
@click.option("--intake-name", help="The name under which submitters come.")
@click.option("--console-name", help="The name under which the committee comes.")
@click.option("--console-network", "console_networks", multiple=True, help="As in 10.8.0.0/24.")
@click.option("--timezone", help="The place whose days are written; UTC by default.")
@click.option("--database", type=click.Choice([SQLITE, POSTGRESQL]), help="SQLite by default.")
@click.option("--onion/--no-onion", default=None, help="Whether Tor has an onion service here.")
@click.option("--papers", type=_FOLDER, help="What the ceremony made for the hosts.")
@_root
@_dry
def install(papers: Path | None, root: Path, dry_run: bool, **given: object) -> None:
    """Make this machine an installation, or bring one up to date; again changes nothing.

    What was answered once is remembered. It ends by saying what is left for a person to do.
    """
    machine = Machine(root.resolve(), run)
    there = machine.at(told.FILE)
    before = told.read(there.read_text("utf-8")) if there.exists() else Answers()
    answers = before.changed(given)
    if problems := answers.problems():
        raise ConfigurationRefused(problems)
    wanted = plan.steps(machine, answers, None if papers is None else plan.read_papers(papers))
    if dry_run:
        for said in _would(machine, wanted):
            click.echo(said)
        return
    done = carry_out(machine, wanted)
    for step in done:
        click.echo(step.says)
    click.echo(f"{len(done)} of {len(wanted)} things were to be done")
    if machine.at(plan.CONFIGURATION).exists() and plan.CONFIGURATION not in plan.paths(wanted):
        click.echo(f"left, because somebody has changed it: {plan.CONFIGURATION}")
    _make_databases(machine, answers)
    _start(machine, answers)
    for number, each in enumerate(next_steps.remaining(machine, answers), 1):
        click.echo(
            "\n".join([f"\nNext {number}: {each.what}", *(f"  {line}" for line in each.how)])
        )


def _would(machine: Machine, wanted: list[Step]) -> Iterator[str]:
    for step in wanted:
        try:
            done = step.is_done(machine)
        except InstallRefused:
            # Its user is made by an earlier step.
            done = False
        if not done:
            yield (
                f"would {step.says}" if step.says.startswith("run ") else f"would make {step.says}"
            )


def carry_out(machine: Machine, wanted: list[Step]) -> list[Step]:
    """Do what is needed, in order, and note what was written. The steps that were needed."""
    done: list[Step] = []
    for step in wanted:
        if not step.is_done(machine):
            step.do(machine)
            done.append(step)
    note = plan.note(machine, wanted)
    if not note.is_done(machine):
        note.do(machine)
    return done


def _make_databases(machine: Machine, answers: Answers) -> None:
    """Make databases that were never made, and publish the ceremony's roster in them.

    What is there already is brought to another release by `underrose upgrade` alone.
    """
    ready = machine.at(plan.CONFIGURATION).exists() and machine.at(f"{KEYS}/store.key").exists()
    if machine.root != Path("/") or not ready:
        return
    if answers.database == POSTGRESQL and not machine.at(next_steps.READY).exists():
        return
    urls = database.urls(config.settings(machine.at(plan.CONFIGURATION), config.MIGRATOR, {}))
    if any(database.is_made(name, url) for name, url in urls.items()):
        return
    environment = (f"UNDERROSE_CONFIG={plan.CONFIGURATION}", "UNDERROSE_PROGRAM=migrator")
    for words in (("database", "upgrade"), ("roster", "publish", "/etc/underrose/roster.json")):
        # What this program was itself given is of the settings as they were before.
        machine.run(("env", "-i", _PATH, *environment, plan.UNDERROSE, *words))
        click.echo(f"ran {' '.join(words)}")
    # What root has just made belongs to the programs' groups.
    machine.run(("systemd-tmpfiles", "--create", plan.TMPFILES))


def _start(machine: Machine, answers: Answers) -> None:
    if not machine.is_running:
        return
    machine.run(("systemctl", "daemon-reload"))
    machine.run(("sysctl", "--quiet", "--load", "/etc/sysctl.d/60-underrose.conf"))
    if not next_steps.remaining(machine, answers):
        machine.run(("systemctl", "restart", *plan.units(answers)))
        click.echo("started")


@click.command("uninstall")
@click.option("--purge", "with_data", is_flag=True, help="Destroy data, keys and settings too.")
@click.option("--yes", is_flag=True, help="Do not ask whether data shall be destroyed.")
@_root
@_dry
def uninstall(with_data: bool, yes: bool, root: Path, dry_run: bool) -> None:
    """Take away what the installer has put on this machine; data, keys and settings stay."""
    machine = Machine(root.resolve(), run)
    if with_data and not (yes or dry_run):
        click.confirm("destroy every case, key, backup and setting on this machine?", abort=True)
    for said in remove(machine, with_data=with_data, dry=dry_run):
        click.echo(said)
    if not with_data:
        click.echo(
            "data, keys and settings are where they were: /var/lib/underrose, /etc/underrose"
        )
    elif not dry_run and shutil.which("shred"):
        click.echo("what was deleted can still be on the disk: destroy it, or its key")
