"""A machine for doctor to look at: healthy, and a test changes what it is about."""

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from crypto import strict
from deploy.doctor.finding import Finding, Found, Look
from deploy.doctor.here import Answer, Here
from deploy.host.answers import Answers
from intake.web.headers import headers as of_intake
from review.web.headers import POLICY, fields
from tests import committee
from tests.browser.installation import Installation

NAMES = Answers(
    intake_name="speak.example.com",
    console_name="committee.example.com",
    console_networks=("10.8.0.0/24",),
)
NOW = datetime.combine(committee.TODAY, datetime.min.time(), UTC)


def answering(name: str, _path: str, _headers: Mapping[str, str]) -> Answer:
    """A front door that sends what the programs send, and no page."""
    console = [*fields(https=True).items(), ("Content-Security-Policy", POLICY)]
    lines = of_intake(https=True) if name == NAMES.intake_name else console
    return Answer(200, tuple(lines), b"")


def no_client(_name: str, _path: str, _headers: Mapping[str, str]) -> Answer:
    """A machine that has no client of Tor."""
    raise ConnectionRefusedError("nobody is there")


def machine(folder: Path, **changes: object) -> Here:
    """A machine without databases, whose files are below a folder."""
    here = Here(
        root=folder,
        environment={},
        answers=NAMES,
        today=committee.TODAY,
        now=NOW,
        is_synchronised=True,
        front=answering,
        tor=no_client,
    )
    return dataclasses.replace(here, **changes)  # type: ignore[arg-type]


def of(installation: Installation, **settings: str) -> Here:
    """An installation's databases, as the jobs' settings name them."""
    environment = {
        "INTAKE_DATABASE_URL": installation.url("drop"),
        "REVIEW_DROP_URL": installation.url("drop"),
        "REVIEW_BOOK_URL": installation.url("book"),
        "REVIEW_SHRED_URL": installation.url("shred"),
        "REVIEW_ROOT_KEY": strict.to_b64(committee.ROOT_KEY),
        "REVIEW_DEMO": "1",
    }
    return machine(Path("/"), environment={**environment, **settings})


def write(folder: Path, path: str, text: str) -> Path:
    """A file of the machine."""
    file = folder / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def wrong(look: Look, here: Here) -> list[str]:
    """What a check says is bad; each says what to do."""
    found: Iterable[Finding] = list(look(here))
    assert found
    assert all(bool(each.do) is (each.found is Found.BAD) for each in found)
    return [each.said for each in found if each.found is Found.BAD]
