"""A small installation for stories: both web programs on free ports, the commands in this process.

Submitters and members come in through HTTP with the demo's own clients, the collector and the
export are the commands that an operator types. Nothing looks into a database.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from click.testing import CliRunner

from crypto.message import Message
from deploy import paper
from deploy.cli import main
from deploy.client import Client, File
from deploy.installation import Installation
from deploy.member import Member, OpenedCase
from deploy.seed import SignIn
from deploy.submitter import PlainSubmitter, SealingSubmitter, Story
from intake import app as intake
from review import app as review
from tests.serving import serving

QUICK = "10"
Submitter = PlainSubmitter | SealingSubmitter


def underrose(settings: Mapping[str, str], *words: str) -> str:
    """What the command prints. Fails when it does not succeed."""
    result = CliRunner().invoke(main, words, env=dict(settings), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


class World:
    """One installation, its people and the receipt codes that its submitters hold."""

    def __init__(self, folder: Path, enter: Callable[..., int]) -> None:
        self.here = Installation(folder)
        folder.mkdir(exist_ok=True)
        out = str(self.here.committee)
        underrose({}, "keys", "new-committee", "--demo", "--work-factor", QUICK, "--out", out)
        self.jobs = self.here.for_collector(None)
        underrose(self.jobs, "database", "upgrade")
        underrose(self.jobs, "roster", "publish", str(self.here.committee / "roster.json"))
        self._sign_ins: dict[str, SignIn] = paper.draw_sign_ins(self.here)
        self._intake = enter(serving(intake.from_environ(self.here.for_intake(None))))
        self._console = enter(serving(review.from_environ(self.here.for_console(None))))
        self._members: dict[str, Member] = {}
        self.codes: dict[str, str] = {}
        self.exports = 0

    def submitter(self, how: str) -> Submitter:
        """A submitter's browser, with scripts when how is sealed and without when plain."""
        client = Client(self._intake)
        return SealingSubmitter(client) if how == "sealed" else PlainSubmitter(client)

    def submit(self, how: str, name: str, text: str, excluded: Sequence[str]) -> None:
        """Send a submission and keep its receipt code under a name."""
        self.codes[name] = self.submitter(how).submit(Story({"what": text}, tuple(excluded)))

    def submit_files(self, how: str, name: str, text: str, files: Sequence[File]) -> None:
        """Send a submission with files."""
        self.codes[name] = self.submitter(how).submit(Story({"what": text}, files=tuple(files)))

    def collect(self) -> None:
        """Run the collector once."""
        underrose(self.jobs, "collect")

    def member(self, person: str) -> Member:
        """A reader's browser at the console, signed in and unlocked."""
        if person not in self._members:
            sign_in = self._sign_ins[person]
            arguments = paper.arguments(self.here, sign_in)
            underrose(self.here.for_console(None), "people", "add", *arguments)
            member = Member(Client(self._console))
            member.sign_in(sign_in.username, sign_in.password)
            if sign_in.passphrase is not None:
                member.unlock(sign_in.passphrase)
            self._members[person] = member
        return self._members[person]

    def cases(self, person: str) -> list[OpenedCase]:
        """Every case that this person is shown, opened."""
        member = self.member(person)
        return [member.read(case) for case in member.inbox()]

    def case(self, person: str, text: str) -> OpenedCase:
        """The case in this person's inbox in which this was the submission."""
        found = [case for case in self.cases(person) if case.submission.body["what"] == text]
        assert len(found) == 1
        return found[0]

    def exported(self, person: str, case: str, folder: Path) -> list[bytes]:
        """The opened messages of an exported case, opened by `python -m crypto` alone."""
        self.exports += 1
        bundle, opened = folder / f"{self.exports}.zip", folder / f"{self.exports}"
        underrose(self.jobs, "export", "--case", case, "--out", str(bundle))
        identity = folder / f"{person}.identity"
        identity.write_text(self.member(person).identity_text)
        command = [sys.executable, "-m", "crypto", "open", "-i", str(identity)]
        command += ["-o", str(opened), str(bundle)]
        subprocess.run(command, check=True, capture_output=True)
        return [path.read_bytes() for path in sorted(opened.glob("*/messages/*.json"))]


def text_of(message: Message) -> str:
    """The words of a message of any kind that has words."""
    return str(message.body.get("what", message.body.get("text")))


@contextmanager
def new_world(folder: Path) -> Iterator[World]:
    """An installation in an empty folder, whose web programs run until the end of the block."""
    with ExitStack() as stack:
        yield World(folder, stack.enter_context)
