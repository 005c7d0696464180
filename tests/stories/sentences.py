"""What a sentence of a story does: SENTENCES maps each form of sentence to a function.

A word in capitals stands for something of the story: WHO is a submitter, PERSON a reader of the
committee, HOW is sealed (with scripts) or plain (without), TEXT names a text below the sentences.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from crypto.errors import CryptoError
from deploy.client import File
from deploy.errors import FrontDoorRefused
from deploy.member import Taken
from deploy.submitter import PlainSubmitter
from review.casework.course import Step
from review.casework.signed import STEPS
from tests.stories.world import World, text_of

# What a story's people say with each step: the coded fields, and what a sealed note has.
TAKEN: Mapping[Step, Taken] = {
    each.step: each
    for each in (
        Taken(
            Step.TRIAGE,
            {"category": ["RES"], "severity": ["S3"], "scope": ["in"]},
            "reliance: E2\ndetriment_risk: D1",
        ),
        Taken(
            Step.INVESTIGATE,
            {"investigator": ["counsel"], "hold_decision": ["no"]},
            "== plan\nAsk the controller.",
        ),
        Taken(Step.REPORT_FACTS, words="== note\nNone was released early."),
        Taken(Step.DETERMINE, {"outcomes": ["s1=UNSUBSTANTIATED"]}),
        Taken(Step.GIVE_FEEDBACK),
        Taken(Step.CLOSE, {"retention_class": ["RC-02"], "retaliation_plan": ["chair"]}),
    )
}


class Stage:
    """A world, the texts of the story, and a folder for what it writes."""

    def __init__(self, world: World, texts: Mapping[str, str], folder: Path) -> None:
        self.world, self.texts, self.folder = world, texts, folder
        self.told: dict[str, str] = {}

    def submits(self, who: str, text: str, how: str) -> None:
        self._submit(who, text, how)

    def submits_about(self, who: str, text: str, how: str, people: str) -> None:
        self._submit(who, text, how, people.split(" and "))

    def submits_with(self, who: str, text: str, how: str, file: str) -> None:
        self.told[who] = self.texts[text]
        content = File(file, "text/plain", self.texts[file].encode())
        self.world.submit_files(how, who, self.texts[text], [content])

    def _submit(self, who: str, text: str, how: str, people: list[str] | None = None) -> None:
        self.told[who] = self.texts[text]
        self.world.submit(how, who, self.texts[text], people or [])

    def adds(self, who: str, text: str, how: str) -> None:
        self.world.submitter(how).add(self.world.codes[who], self.texts[text])

    def hears(self, who: str, text: str, how: str) -> None:
        assert self.texts[text] in self._heard(who, how)

    def _heard(self, who: str, how: str) -> str:
        submitter, code = self.world.submitter(how), self.world.codes[who]
        if isinstance(submitter, PlainSubmitter):
            return submitter.read(code).words
        return " ".join(json.dumps(dict(letter.body)) for letter in submitter.read(code))

    def collector(self) -> None:
        self.world.collect()

    def sees(self, person: str, count: str) -> None:
        assert len(self.world.member(person).inbox()) == int(count)

    def reads(self, person: str, who: str, text: str) -> None:
        messages = self.world.case(person, self.told[who]).messages["submitter"]
        assert text_of(messages[-1]) == self.texts[text]

    def cannot_open(self, person: str, who: str, other: str) -> None:
        case = self.world.case(other, self.told[who])
        try:
            self.world.member(person).read(case.id)
        except (CryptoError, FrontDoorRefused):
            return
        raise AssertionError(f"{person} opened the case of {who}")

    def replies(self, person: str, who: str, text: str) -> None:
        case = self.world.case(person, self.told[who])
        self.world.member(person).open(case.id)
        self.world.member(person).reply(case, self.texts[text])

    def notes(self, person: str, who: str, text: str) -> None:
        case = self.world.case(person, self.told[who])
        self.world.member(person).note(case, self.texts[text])

    def takes(self, person: str, step: str, who: str) -> None:
        case = self.world.case(person, self.told[who])
        self.world.member(person).step(case, TAKEN[STEPS[step]])

    def agrees(self, person: str, step: str, who: str) -> None:
        case = self.world.case(person, self.told[who])
        self.world.member(person).sign(case, TAKEN[STEPS[step]])

    def finds_note(self, person: str, who: str, text: str) -> None:
        notes = self.world.case(person, self.told[who]).messages["notes"]
        assert self.texts[text] in [text_of(note) for note in notes]

    def opens_export(self, person: str, who: str, text: str) -> None:
        case = self.world.case(person, self.told[who])
        found = self.world.exported(person, case.id, self.folder)
        said = [json.loads(message)["body"] for message in found]
        assert any(self.texts[text] in (body.get("what"), body.get("text")) for body in said)


SENTENCES: Mapping[str, Callable[..., None]] = {
    "WHO submits TEXT HOW": Stage.submits,
    "WHO submits TEXT HOW naming PEOPLE": Stage.submits_about,
    "WHO submits TEXT HOW with the file FILE": Stage.submits_with,
    "WHO adds TEXT HOW": Stage.adds,
    "WHO hears TEXT HOW": Stage.hears,
    "the collector runs": Stage.collector,
    "PERSON sees COUNT cases": Stage.sees,
    "PERSON reads TEXT from WHO": Stage.reads,
    "PERSON cannot open the case of WHO that OTHER opens": Stage.cannot_open,
    "PERSON replies TEXT to WHO": Stage.replies,
    "PERSON notes TEXT on WHO": Stage.notes,
    "PERSON finds the note TEXT on WHO": Stage.finds_note,
    "PERSON takes the step STEP for WHO": Stage.takes,
    "PERSON signs the step STEP for WHO": Stage.agrees,
    "PERSON opens an export of WHO and finds TEXT": Stage.opens_export,
}


def find(sentence: str, forms: Iterable[str] = tuple(SENTENCES)) -> tuple[str, dict[str, str]]:
    """The form of a sentence, and its words. Fails for a sentence that has no form."""
    for form in forms:
        pattern = re.sub(r"\bPEOPLE\b", "(?P<people>.+)", form)
        pattern = re.sub(r"\bHOW\b", "(?P<how>sealed|plain)", pattern)
        pattern = re.sub(r"\b[A-Z]{2,}\b", lambda word: f"(?P<{word[0].lower()}>\\S+)", pattern)
        if found := re.fullmatch(pattern, sentence):
            return form, found.groupdict()
    raise AssertionError(f"no form of sentence fits: {sentence}")
