"""A change of the schedule, as two of the committee sign it, and what the schedule says before any.

Pure. A change is one act that has the whole new line of a class in coded values. It takes effect on
a later day and moves no day that runs already. Where the least and the most that a line asks for
cannot both be kept, or a jurisdiction caps it, that is a question for counsel: the line is refused,
and nothing is guessed. What counsel answered of a jurisdiction is named by its reference; no answer
makes a least and a most agree that do not.
"""

import enum
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from review.errors import MalformedForm
from review.retention.schedule import DEFAULTS, ClassVersion, Period, Schedule, Trigger

ACT = "change-schedule"
SIGNING = frozenset({"chair", "member", "alternate"})
SIGNERS = 2
_PREFIX = "schedule/"
_FIELDS = frozenset(
    {
        *("class", "version", "trigger", "period", "maximum", "basis", "jurisdictions"),
        # draw: that the same line proposed anew on its day is another act than the one declined.
        *("disposition", "effective", "resolution", "counsel", "draw"),
    }
)
# More years, months or days than anybody keeps anything, and few enough to count with.
_PERIOD = re.compile(r"P(?=\d)(?:\d{1,3}Y)?(?:\d{1,3}M)?(?:\d{1,4}D)?")
_RESOLUTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
# A day on which periods are held against each other; which one, is the same for all of them.
_SOME_DAY = date(2001, 1, 31)


class Basis(enum.StrEnum):
    """Why a class is kept as long as it is."""

    STATUTE = "STATUTE"
    LIMITATION = "LIMITATION"
    POLICY = "POLICY"
    MINIMISATION = "MINIMISATION"


class Jurisdiction(enum.StrEnum):
    """Whose law a class is kept under."""

    US = "US"
    EU = "EU"
    DE = "DE"
    ES = "ES"
    FR = "FR"
    IT = "IT"
    PT = "PT"


class Disposition(enum.StrEnum):
    """What finally happens to a record of the class."""

    SHRED = "SHRED"


LABELS: Mapping[enum.StrEnum, str] = MappingProxyType(
    {
        Trigger.CLOSED: "the case was closed",
        Trigger.NOT_A_REPORT: "two people put it aside",
        Trigger.REFERRED: "it was passed on",
        Trigger.OTHER: "it is needed no more",
        Basis.STATUTE: "A law or rule",
        Basis.LIMITATION: "Periods in which somebody can still sue or be sued",
        Basis.POLICY: "The committee’s policy",
        Basis.MINIMISATION: "No longer than it is needed",
        Jurisdiction.US: "United States",
        Jurisdiction.EU: "European Union",
        Jurisdiction.DE: "Germany",
        Jurisdiction.ES: "Spain",
        Jurisdiction.FR: "France",
        Jurisdiction.IT: "Italy",
        Jurisdiction.PT: "Portugal",
        Disposition.SHRED: "Destroyed: its key is shredded, a stub stays",
    }
)
# What the law of a country is understood to allow at most. Sources differ and laws change, so that
# none of these is applied: a line that goes beyond is put to counsel.
CAPS: Mapping[Jurisdiction, Period] = MappingProxyType(
    {
        Jurisdiction.DE: Period(years=3),
        Jurisdiction.ES: Period(years=10),
        Jurisdiction.FR: Period(months=2),
        Jurisdiction.IT: Period(years=5),
        Jurisdiction.PT: Period(years=5),
    }
)


@dataclass(frozen=True)
class Line:
    """One version of a class as the schedule shows it; resolution is None for the built-in ones."""

    terms: ClassVersion
    basis: Basis
    jurisdictions: tuple[Jurisdiction, ...]
    disposition: Disposition = Disposition.SHRED
    resolution: str | None = None
    # Under which reference counsel's answer to what is asked of this line is kept, if there is one.
    counsel: str | None = None


def _built_in() -> Iterable[Line]:
    others = {
        "RC-03": (Basis.MINIMISATION, Jurisdiction.US),
        "RC-04": (Basis.MINIMISATION, Jurisdiction.US),
        "RC-05": (Basis.STATUTE, Jurisdiction.EU),
        "RC-06": (Basis.MINIMISATION, Jurisdiction.EU),
    }
    for terms in DEFAULTS:
        basis, jurisdiction = others.get(terms.code, (Basis.POLICY, Jurisdiction.US))
        yield Line(terms, basis, (jurisdiction,))


BUILT_IN: Mapping[str, Line] = MappingProxyType({each.terms.code: each for each in _built_in()})


def subject(code: str) -> str:
    """What acts about a class have for their subject."""
    return _PREFIX + code.lower()


def code_of(about: str) -> str | None:
    """The class that a subject is about, or None."""
    code = about.removeprefix(_PREFIX).upper()
    return code if code in BUILT_IN and about == subject(code) else None


def schedule(lines: Iterable[Line]) -> Schedule:
    """The schedule with these versions above the built-in ones."""
    return Schedule(tuple(each.terms for each in lines))


Data = Mapping[str, str | int | bool | None | Sequence[str]]


def read(about: str, data: Data) -> Line:
    """The line that an act about a class spells. Raises MalformedForm."""
    code = code_of(about)
    if code is None or data.get("class") != code or set(data) != _FIELDS:
        raise MalformedForm("the act is not about a class of the schedule")
    version, resolution = data["version"], data["resolution"]
    if not isinstance(version, int) or isinstance(version, bool):
        raise MalformedForm("version is not a number")
    if not isinstance(resolution, str) or not _RESOLUTION.fullmatch(resolution):
        raise MalformedForm("resolution is not a reference")
    counsel = data["counsel"]
    if counsel is not None and not _RESOLUTION.fullmatch(str(counsel)):
        raise MalformedForm("counsel's answer is not a reference")
    maximum = data["maximum"]
    try:
        return Line(
            ClassVersion(
                code,
                version,
                Trigger(str(data["trigger"])),
                _period(data["period"]),
                _day(data["effective"]),
                None if maximum is None else _period(maximum),
            ),
            Basis(str(data["basis"])),
            _jurisdictions(data["jurisdictions"]),
            Disposition(str(data["disposition"])),
            resolution,
            None if counsel is None else str(counsel),
        )
    except ValueError as refused:
        raise MalformedForm(f"a value of the line is none: {refused}") from None


def _day(text: object) -> date:
    found = date.fromisoformat(str(text))
    if found.isoformat() != text:
        raise ValueError("not a day in its one spelling")
    return found


def _period(text: object) -> Period:
    if not isinstance(text, str) or not _PERIOD.fullmatch(text):
        raise ValueError("not a period such as P7Y")
    return Period.parse(text)


def _jurisdictions(found: object) -> tuple[Jurisdiction, ...]:
    codes = [str(each) for each in found] if isinstance(found, list | tuple) else []
    if not codes or codes != sorted(set(codes)):
        raise ValueError("not jurisdictions, each once and in order")
    return tuple(map(Jurisdiction, codes))


def questions(line: Line) -> tuple[str, ...]:
    """What only counsel can answer about a line, a sentence each; none where nothing conflicts."""
    terms, found = line.terms, []
    if terms.is_contradictory(_SOME_DAY):
        found.append(
            f"Ask counsel: {terms.code} would be kept at least {terms.period} and at most "
            f"{terms.maximum}. Both cannot be."
        )
    for each in line.jurisdictions if line.counsel is None else ():
        cap = CAPS.get(each)
        if cap is not None and cap.after(_SOME_DAY) < terms.due(_SOME_DAY):
            found.append(
                f"Ask counsel: {terms.code} would be kept at least {terms.period}, and the law of "
                f"{LABELS[each]} is understood to allow {cap} at most."
            )
    return tuple(found)


def refusals(line: Line, before: Line, on: date) -> tuple[str, ...]:
    """Why a line cannot follow another one of its class on a day, a sentence each."""
    found = list(questions(line))
    if line.terms.version != before.terms.version + 1:
        found.append("The class has another version by now. Read the schedule again.")
    if line.terms.trigger is not before.terms.trigger:
        found.append("What the time of a class runs from cannot be changed.")
    if line.terms.effective <= on:
        found.append("A change takes effect on a later day: it moves no day that runs already.")
    elif line.terms.effective < before.terms.effective:
        found.append("A change takes effect no sooner than the one before it.")
    return tuple(found)


def told(act: str, line: Line) -> dict[str, str | int | bool | None]:
    """What the ledger tells of a change, by the hash of its act."""
    return {
        "act": act,
        "effective": line.terms.effective.isoformat(),
        "record_class": line.terms.code,
        "resolution": line.resolution or "",
        "version": line.terms.version,
    }


def newest(code: str, agreed: Iterable[Line]) -> Line:
    """The last line of a class, in force already or agreed for a later day."""
    found = [each for each in agreed if each.terms.code == code]
    return max(found, key=lambda each: each.terms.version, default=BUILT_IN[code])


def in_force(code: str, agreed: Iterable[Line], day: date) -> Line:
    """The line of a class that counts on a day."""
    found = [
        each for each in agreed if each.terms.code == code and each.terms.effective <= day
    ]  # fmt: skip
    key = lambda each: (each.terms.effective, each.terms.version)  # noqa: E731
    return max(found, key=key, default=BUILT_IN[code])
