"""What the demo tells its visitor: who can sign in with what, a receipt code, and what to try.

The same is kept in one file beside the databases, readable by its owner only, so that --keep can
tell it again. A real installation has no such file: people keep their own secrets.
"""

import os
import shlex
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from textwrap import dedent

from crypto import passphrase, roster
from deploy import demo_jobs
from deploy.ceremony import SECRETARIAT, read_sheet
from deploy.installation import Installation
from deploy.seed import SignIn

# The people who open no case and have an account all the same, and what they are to the committee.
WITHOUT_KEY = {
    "secretary": "secretary",
    "auditor": "retention-auditor",
    "administrator": "administrator",
    "investigator": "investigator",
}
EXCLUDED = "member-2"
AUDITOR = "auditor"
SECRETARY = "secretary"
ADMINISTRATOR = "administrator"
INVESTIGATOR = "investigator"
# Whoever loses a passphrase in the steps, and the shares that are brought then.
FORGETFUL = "member-1"
BROUGHT = (1, 3)
READY = "shipments"
_PASSWORD_WORDS = 4


def draw_sign_ins(here: Installation) -> dict[str, SignIn]:
    """A user name and a new password for everybody with an account, by their roster ids."""
    people = roster.parse((here.committee / "roster.json").read_bytes())
    sign_ins = {}
    for reader in people.readers:
        words = read_sheet(_of(here, reader.id, "passphrase.txt").read_text())
        sign_ins[reader.id] = SignIn(reader.id, reader.id, _password(), words)
    for person in people.listed:
        if person.id in WITHOUT_KEY:
            sheet = _of(here, person.id, "passphrase.txt")
            secret = read_sheet(sheet.read_text()) if sheet.exists() else None
            sign_ins[person.id] = SignIn(person.id, person.id, _password(), secret)
    return sign_ins


def password_file(here: Installation, sign_in: SignIn) -> Path:
    """Where arguments() puts the password for the command to read."""
    return here.committee / f"{sign_in.person}.password"


def arguments(here: Installation, sign_in: SignIn) -> list[str]:
    """The words after `underrose people add` that enroll this person."""
    password = password_file(here, sign_in)
    _private(password, sign_in.password + "\n")
    words = [sign_in.person, "--username", sign_in.username, "--password-file", str(password)]
    if sign_in.person in WITHOUT_KEY:
        words += ["--role", WITHOUT_KEY[sign_in.person]]
    if sign_in.passphrase is None:
        return words
    return [*words, "--identity", str(_of(here, sign_in.person, "identity.age"))]


def _of(here: Installation, person: str, name: str) -> Path:
    """A file that the ceremony made for a person; the secretary's are the secretariat's."""
    folder = SECRETARIAT.id if person == SECRETARY else person
    return here.committee / "people" / folder / name


def write(here: Installation, sign_ins: Mapping[str, SignIn], codes: Mapping[str, str]) -> None:
    """Keep the passwords, passphrases and receipt codes in one file of the owner's."""
    lines = ["[receipt_codes]", *(f'{name} = "{code}"' for name, code in codes.items())]
    for each in sign_ins.values():
        lines += ["", f"[people.{each.person}]", f'username = "{each.username}"']
        lines += [f'password = "{each.password}"', f'passphrase = "{each.passphrase or ""}"']
    _private(here.papers, "\n".join(lines) + "\n")


def read(here: Installation) -> tuple[dict[str, SignIn], dict[str, str]]:
    """What write() kept: the sign-ins by roster id, and the receipt codes by the seeds' names."""
    kept = tomllib.loads(here.papers.read_text())
    sign_ins = {
        person: SignIn(person, row["username"], row["password"], row["passphrase"] or None)
        for person, row in kept["people"].items()
    }
    return sign_ins, kept["receipt_codes"]


def welcome(here: Installation, port: int, console_port: int) -> str:
    """The text that the demo prints when everything is ready."""
    sign_ins, codes = read(here)
    people = roster.parse((here.committee / "roster.json").read_bytes())
    names = {each.id: each.name for each in people.readers}
    names |= {each.id: each.name for each in people.listed}
    intake, console = f"http://127.0.0.1:{port}", f"http://localhost:{console_port}"
    rows = []
    for each in sign_ins.values():
        rows.append(f"  {names[each.person]}")
        rows.append(f"      user name {each.username}, password {each.password}")
        if each.passphrase is not None:
            rows.append(f"      passphrase {each.passphrase}")
    return _WELCOME.format(
        folder=here.folder,
        intake=intake,
        console=console,
        people="\n".join(rows),
        code=codes[READY],
        excluded=names[EXCLUDED],
        chair=sign_ins["chair"].username,
        member=sign_ins[EXCLUDED].username,
        auditor=sign_ins[AUDITOR].username,
        secretary=sign_ins[SECRETARY].username,
        more=_share(sign_ins, console) + _lose(here) + _go_on(here),
        policy=here.policy,
        papers=here.papers,
    )


def _share(sign_ins: Mapping[str, SignIn], console: str) -> str:
    """The step that needs an investigator, where there is one."""
    if INVESTIGATOR not in sign_ins:
        return ""
    return _SHARE.format(
        console=console,
        chair=sign_ins["chair"].username,
        second=sign_ins[FORGETFUL].username,
        administrator=sign_ins[ADMINISTRATOR].username,
        investigator=sign_ins[INVESTIGATOR].username,
    )


def _lose(here: Installation) -> str:
    """The step that needs shares of the recovery key, where there are some."""
    if not here.shares.exists():
        return ""
    return _LOSE.format(
        forgetful=FORGETFUL,
        recovery=" \\\n       ".join(_recovery(here)),
        settings=here.settings,
        recovered=here.recovered,
    )


def _go_on(here: Installation) -> str:
    """The step that leads to later days, counted from the one that the demo is on."""
    day = demo_jobs.last_day(here)
    if day is None:
        return ""
    return _LATER.format(
        folder=here.folder,
        due=day + timedelta(days=45),
        cooled=day + timedelta(days=53),
        years=day + timedelta(days=8 * 365),
    )


def _recovery(here: Installation) -> list[str]:
    """The words of the command that opens a recovery copy with two shares, a line each."""
    return [
        f"underrose keys recovery open {here.committee}/safe/recovery/{FORGETFUL}.age",
        *(f"--share {here.shares}/shares/{number}.txt" for number in BROUGHT),
        f"--roster {here.committee}/roster.json --out {here.recovered}",
    ]


def write_settings(here: Installation, settings: Mapping[str, str]) -> None:
    """Keep the console's settings where a shell can read them, for commands on its host."""
    lines = (f"export {name}={shlex.quote(text)}\n" for name, text in settings.items())
    _private(here.settings, "".join(lines))


def _password() -> str:
    return "-".join(passphrase.make().split()[:_PASSWORD_WORDS])


def _private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


_WELCOME = dedent("""
    Underrose is running with an invented committee. Everything is in {folder}. Ctrl-C ends it.

      submitters   {intake}
      console      {console}

    Who can sign in to the console, and with what. The passphrase unlocks cases in the browser,
    and the secretary's the committee's own papers.

    {people}

    A receipt code with a reply waiting: {code}

    Try this first

      1. Hear back: open {intake}/follow-up and enter the receipt code above.
      2. Tell something: open {intake}/form, write a few words, say that {excluded}
         is involved, send it, and keep the receipt code that you are shown.
      3. Read it: open {console} and sign in as {chair}. Unlock with the passphrase,
         open the newest case, which arrives within a few seconds, and write a reply.
      4. Read that reply: enter your own receipt code at {intake}/follow-up.
         Then turn scripts off in the browser and do it again.
      5. Compare: in a private window, sign in to {console} as {member}, who is
         {excluded}. Her list has fewer cases, and nothing tells her so.
      6. Verify it unread: sign in to {console} as {auditor}, who can open no case, take the
         bundle from the ledger's page, and run, on this machine or any other,
         python -m review.audit verify bundle.zip --policy {policy}
      7. Mend the charter book: sign in to {console} as {secretary} and open Charter.
         R-1d is red. Find out why, and fix it: read its finding, then the last meeting's
         record, in which what is missing was done, and record it under Duties.
    {more}
    All of this is also in {papers}.
""")

# What a demo has that was made by an earlier version, and kept, cannot do.
_SHARE = """\
  8. Share a case: sign in to {console} as {investigator} and make a key under My key. As
     {chair}, open a case and share it under Who can read this: type the fingerprint that the
     other page shows. As {second}, open that case and sign it too. End it the same way.
     {administrator}, who attaches sign-ins, sees under Sign-ins who they are, and no case.
"""
_LOSE = """\
  9. Lose the passphrase of {forgetful}. The recovery key is in three shares, and two of them
     open the copy of the identity that lies in the safe:
       {recovery}
       . {settings} && underrose people set-identity {forgetful} \\
       --identity {recovered}/people/{forgetful}/identity.age
     The new passphrase is on the sheet beside that file.
"""
_LATER = """\
 10. Let time go by: end this with Ctrl-C, and go on on a later day.
       underrose demo --keep --data {folder} --today {due}
     Cases are due by then, under Dispositions. Propose one as the chair, approve it as two
     others, and go on with --today {cooled}: it is gone, and certified. With
     --today {years} every case of today that was closed is overdue, but for one
     that a legal hold keeps. Years take a minute or two.
"""
