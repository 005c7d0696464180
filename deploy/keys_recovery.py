"""The verbs `underrose keys recovery`: the recovery key in several hands, and what it opens."""

from datetime import date
from pathlib import Path

import click

from crypto import recovery
from crypto.identity import read_identity_file
from crypto.roster import parse
from deploy import ceremony, days, keys_files
from deploy.ceremony import Paper
from deploy.keys_files import FILE, keep
from deploy.protocol import Protocol, key_fingerprint

_COLUMNS = 3
_SHARE = """\
Underrose: share {number} of {count} of the recovery key

Held by: {holder}
Made on: {day}
Key:     {fingerprint}

Any {threshold} of the {count} shares give the recovery key, which opens the recovery copy of
every reader. Fewer say nothing. Show this sheet to nobody, and keep no picture of it. Bring it
when you are asked by two members of the committee, in person.

{words}
"""


@click.group("recovery")
def recovery_group() -> None:
    """Split the recovery key among people, and open a recovery copy with their shares."""


@recovery_group.command("split")
@click.option("--identity", required=True, type=FILE, help="The file recovery.identity.")
@click.option(
    "--threshold",
    required=True,
    type=click.IntRange(recovery.LEAST, recovery.MOST),
    help="How many shares are needed.",
)
@click.option(
    "--holder",
    "holders",
    multiple=True,
    required=True,
    metavar="NAME",
    help="Who gets a share; for each of them once.",
)
@keys_files.out
@keys_files.today
@keys_files.present
def split(
    identity: Path,
    threshold: int,
    holders: tuple[str, ...],
    out: Path,
    today: date | None,
    present: tuple[str, ...],
) -> None:
    """Make one sheet for each holder, of which so many give the recovery key back.

    Choose people who cannot be excluded from a case, as an escrow agent and outside counsel. Print
    the sheets, hand them over, and destroy the folder and recovery.identity.
    """  # fmt: skip
    if not threshold <= len(holders) <= recovery.MOST or len(set(holders)) != len(holders):
        raise click.UsageError("name each holder once, and as many as the threshold or more")
    (own,) = read_identity_file(identity.read_bytes())
    on = today or days.today()
    shares = recovery.split(own.seed, threshold, len(holders))
    fingerprint = key_fingerprint(own.recipient.text)
    papers = [
        Paper(
            f"shares/{number}.txt",
            _SHARE.format(
                number=number,
                count=len(holders),
                holder=holder,
                day=on,
                fingerprint=fingerprint,
                threshold=threshold,
                words=_table(share),
            ).encode(),
        )
        for number, (holder, share) in enumerate(zip(holders, shares, strict=True), start=1)
    ]
    done = [
        f"the recovery key {fingerprint} was split into {len(holders)} shares, of which any "
        f"{threshold} give it back; every share was seen to work",
        *(f"share {number} went to {holder}" for number, holder in enumerate(holders, start=1)),
        "recovery.identity and the folder of the shares were destroyed: ______ (initials)",
    ]
    page = Protocol(title="The recovery key is split", on=on, done=done, present=present)
    keep(papers, out, page)


@recovery_group.command("open")
@click.argument("copy", type=FILE)
@keys_files.shares
@keys_files.key
@click.option("--roster", required=True, type=FILE, help="The newest roster.")
@keys_files.out
@keys_files.today
@keys_files.present
@keys_files.work_factor
def open_copy(
    copy: Path,
    share: tuple[Path, ...],
    recovery: Path | None,
    roster: Path,
    out: Path,
    today: date | None,
    present: tuple[str, ...],
    work_factor: int,
) -> None:
    """Give a reader who lost their passphrase another one.

    COPY is safe/recovery/ID.age, or what `underrose people recovery-copy` wrote. Run it where the
    ceremony was held. Afterwards hand over what is in the folder, run `underrose people
    set-identity` with the new file, and destroy the folder.
    """
    identity = keys_files.recovery_identity(recovery, share)
    people = parse(roster.read_bytes())
    papers = ceremony.recover(people, copy.read_bytes(), identity, work_factor=work_factor)
    person = papers[0].path.split("/")[1]
    how = f"with {len(share)} shares" if share else "with the file recovery.identity"
    done = [
        f"the recovery copy of {person} was opened {how}",
        f"the identity of {person} was sealed under a new passphrase, which nobody else saw",
    ]
    page = Protocol(
        title="An identity is recovered",
        on=today or days.today(),
        done=done,
        present=present,
        before=people,
    )
    keep(papers, out, page)


def _table(share: str) -> str:
    """The words of a share with their numbers, three in a line, indented."""
    cells = [f"{number:2}. {word:<10}" for number, word in enumerate(share.split(), start=1)]
    rows = [cells[at : at + _COLUMNS] for at in range(0, len(cells), _COLUMNS)]
    return "\n".join("    " + " ".join(row).rstrip() for row in rows)
