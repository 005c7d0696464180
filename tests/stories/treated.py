"""A committee at work, for stories of treatment: whoever wrote or told, and the readers, by days.

Everything goes in by the console's own addresses and by the collection, as browsers and timers do
it; the days that count are read from the page of the case.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus

from flask import Flask

from crypto.act import Value
from review.casework.course import Step
from review.casework.signed import STEPS
from review.web.parts import EXTENSION
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.recorded import Teller, posted
from tests.review.changing import Table, investigator
from tests.review.desk import Desk, parts_of
from tests.review.web.course import CHOSEN, TRIAGED, Course

# The coded fields that go with a step, and whether something sealed goes with it.
FIELDS: Mapping[Step, tuple[Mapping[str, Value], bool]] = {
    Step.TRIAGE: (TRIAGED, True),
    Step.INVESTIGATE: (CHOSEN, True),
    Step.REPORT_FACTS: ({}, True),
    Step.DETERMINE: ({"outcomes": ["s1=UNSUBSTANTIATED"]}, True),
    Step.CLOSE: ({"retention_class": ["RC-02"], "retaliation_plan": ["member-1"]}, False),
    Step.GIVE_FEEDBACK: ({}, False),
    Step.ASK: ({}, False),
    Step.RECORD_DETRIMENT: ({}, True),
    Step.CHECK_RETALIATION: ({}, False),
}
_DAYS = re.compile(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", re.S)


class Story:
    """One installation, the cases of a story by who began them, and the day it is."""

    def __init__(self, installation: Installation, app: Flask, texts: Mapping[str, str]) -> None:
        self.installation, self.app, self.texts = installation, app, texts
        self.roster = installation.roster
        self.told: dict[str, Submitter] = {}
        self.generation: dict[str, int] = {}

    def today(self, day: str) -> None:
        on = datetime.date.fromisoformat(day)
        noon = datetime.datetime.combine(on, datetime.time(12), datetime.UTC)
        parts = parts_of(self.app)
        made = replace(parts, settings=replace(parts.settings, today=on), now=lambda: noon)
        self.app.extensions[EXTENSION] = made

    def submits(self, who: str) -> None:
        self.submits_about(who, "")

    def submits_about(self, who: str, people: str) -> None:
        self.told[who] = self.installation.submitter(who)
        self.told[who].submit(excluded=people.split(" and ") if people else ())

    def records(self, person: str, who: str, day: str) -> None:
        teller = Teller(self.installation.drop, self.roster, who)
        fields = teller.told(person, on=self._on, came=day)
        assert Desk(self.app, person).post("/cases", posted(fields)).status_code == 204
        self.told[who] = teller

    def adds(self, who: str) -> None:
        self.told[who].follow_up("It happened again.")

    def collector(self) -> None:
        self.installation.collect(self._on)

    def sees(self, person: str, who: str) -> None:
        assert self._table(who).sees(person)

    def sees_nothing(self, person: str, who: str) -> None:
        case, desk = self.told[who].case_id, Desk(self.app, person)
        for page in ("/", "/cases", f"/cases/{case}", f"/cases/{case}/manifest"):
            answer = desk.get(page)
            assert case not in answer.text
            assert answer.status_code != HTTPStatus.OK or page in ("/", "/cases")

    def opens(self, person: str, who: str) -> None:
        course = self._course(who, person)
        assert course.desk(person).post(f"{course.path}/opened").status_code == 204

    def replies(self, person: str, who: str) -> None:
        self._course(who, person).reply(person)

    def takes(self, person: str, step: str, who: str) -> None:
        data, sealed = self._fields(STEPS[step])
        assert self._course(who, person).take(STEPS[step], person, data, sealed=sealed) == 204

    def both_take(self, person: str, other: str, step: str, who: str) -> None:
        data, sealed = self._fields(STEPS[step])
        self._course(who, person).both(STEPS[step], person, other, data, sealed=sealed)

    def finds_conflict(self, person: str, who: str) -> None:
        (answer,) = self._table(who).recuse(person)
        assert answer.status_code == 204

    def leaves_committee(self, person: str) -> None:
        left = [each for each in committee.roster_fields()["readers"] if each["id"] != person]  # type: ignore[attr-defined]
        self.roster = committee.next_roster(self.roster, readers=left)
        self.installation.publish(self.roster)

    def give_key(self, person: str, other: str, who: str, people: str) -> None:
        self.generation[who] = self.generation.get(who, 1) + 1
        readers = sorted(people.split(" and "))
        answers = self._table(who).rekey(readers, (person, other), self.generation[who])
        assert [each.status_code for each in answers] == [202, 204]

    def share(self, person: str, other: str, who: str, third: str) -> None:
        investigator(self.installation.book, third)
        self._table(who).share(third, (person, other), self.generation.get(who, 1))

    def days(self, person: str, who: str, text: str) -> None:
        assert self._days(person, who) == self.texts[text].splitlines()

    def _days(self, person: str, who: str) -> list[str]:
        page = Desk(self.app, person).get(f"/cases/{self.told[who].case_id}").text
        listed = page.partition("Days that count")[2].partition("</dl>")[0]
        return [
            " ".join(re.sub(r"<[^>]+>", " ", " ".join(found)).split())
            for found in _DAYS.findall(listed)
        ]

    @property
    def _on(self) -> datetime.date:
        return parts_of(self.app).today

    def _fields(self, step: Step) -> tuple[dict[str, Value], bool]:
        data, sealed = FIELDS[step]
        return {**data, "roster": self.roster.hash}, sealed

    def _course(self, who: str, person: str) -> Course:
        return Course(self.app, self.told[who], looks=person)

    def _table(self, who: str) -> Table:
        table = Table(self.app, self.told[who])
        table.roster = self.roster
        return table


SENTENCES: Mapping[str, Callable[..., None]] = {
    "today is DAY": Story.today,
    "WHO submits": Story.submits,
    "WHO submits naming PEOPLE": Story.submits_about,
    "PERSON records what WHO wrote on DAY": Story.records,
    "WHO adds something": Story.adds,
    "the collector runs": Story.collector,
    "PERSON sees the case of WHO": Story.sees,
    "PERSON sees nothing of WHO": Story.sees_nothing,
    "PERSON opens the case of WHO": Story.opens,
    "PERSON replies to WHO": Story.replies,
    "PERSON takes the step STEP for WHO": Story.takes,
    "PERSON and OTHER take the step STEP for WHO": Story.both_take,
    "PERSON finds a conflict in the case of WHO": Story.finds_conflict,
    "PERSON leaves the committee": Story.leaves_committee,
    "PERSON and OTHER give the case of WHO a key for PEOPLE": Story.give_key,
    "PERSON and OTHER share the case of WHO with THIRD": Story.share,
    "for PERSON the days of WHO are TEXT": Story.days,
}
