"""Which of the opened messages of an exported case belong where they claim to.

What does not is left out with a complaint, and so is named what is missing: a reader of the rest
must see that there is a gap.
"""

from collections.abc import Mapping

from crypto.complaints import Complaints
from crypto.errors import InvalidSignature, WrongPlace
from crypto.manifest import CaseLine
from crypto.message import Message, Place, thread
from crypto.roster import Roster


class Placing:
    """One case's messages by name, complete when none stayed closed; paths say what to call them.

    rosters are verified ones by hash, or None when signers are not to be checked.
    """

    def __init__(
        self,
        case: str,
        complaints: Complaints,
        rosters: Mapping[str, Roster] | None,
        *,
        complete: bool,
    ) -> None:
        self._case = case
        self._complaints = complaints
        self._rosters = rosters
        self._complete = complete

    def held(self, messages: Mapping[str, Message]) -> dict[str, Message]:
        """Those that are what they claim to be, in the order in which they came.

        The submissions have been checked against the case seed. When some messages stayed closed,
        one whose predecessor is not there is taken at its word, and so is a follow-up without its
        submission.
        """
        submissions = {n: m for n, m in messages.items() if m.kind == "submission"}
        first = next(iter(self._without_twins(submissions).values()), None)
        if first is None and self._complete:
            self._complaints.add(f"cases/{self._case}", "the submission is missing")
        genuine = {}
        for name, message in messages.items():
            with self._complaints.about(self._path(name)):
                self._authentic(message, first)
                genuine[name] = message
        alone = self._without_twins(genuine)
        linked = {
            name
            for each in ("submitter", "committee", "notes")
            for name in self._linked(
                each, {n: m for n, m in alone.items() if thread(m.kind) == each}
            )
        }
        return {name: message for name, message in alone.items() if name in linked}

    def _path(self, name: str) -> str:
        return f"cases/{self._case}/envelopes/{name}.age"

    def _authentic(self, message: Message, first: Message | None) -> None:
        if first and message.place.installation != first.place.installation:
            raise WrongPlace("the message is of another installation than the submission")
        if thread(message.kind) != "submitter":
            self._signed(message)
        elif first and first.submitter_key:
            message.check(first.submitter_key)
        elif self._complete:
            raise InvalidSignature("without the submission nobody knows who may have signed it")

    def _signed(self, message: Message) -> None:
        if self._rosters is None:
            return
        roster = self._rosters.get(message.roster)
        if roster is None:
            raise InvalidSignature("the export lacks the roster that the message names")
        if roster.installation != message.place.installation:
            raise WrongPlace("the message is of another installation than its roster")
        message.signer({reader.id: reader.verify_key for reader in roster.readers})

    def _without_twins(self, messages: Mapping[str, Message]) -> dict[str, Message]:
        """Of copies of one message the first, and nothing of different ones at one place."""
        found: dict[tuple[str, int], dict[str, str]] = {}
        for name, message in messages.items():
            place = (thread(message.kind), message.place.n)
            found.setdefault(place, {})[name] = message.digest
        kept = {}
        for name, message in messages.items():
            twins = found[thread(message.kind), message.place.n]
            if len(set(twins.values())) > 1:
                self._complaints.add(self._path(name), "another message claims the same place")
            elif name != next(iter(twins)):
                self._complaints.add(self._path(name), "the same message is there already")
            else:
                kept[name] = message
        return kept

    def _linked(self, in_thread: str, messages: Mapping[str, Message]) -> list[str]:
        """The names of those that follow each other, or follow a gap that is named."""
        last: Message | None = None
        names = []
        for name, message in sorted(messages.items(), key=lambda item: item[1].place.n):
            n = message.place.n
            follows = last is not None and n == last.place.n + 1
            previous = last.digest if last and follows else message.place.previous
            with self._complaints.about(self._path(name)):
                place = Place(message.place.installation, self._case, n, previous)
                message.check_place(place, in_thread)
                self._gap(in_thread, last.place.n + 1 if last else 1, n - 1)
                names.append(name)
                last = message
        return names

    def _gap(self, in_thread: str, first: int, last: int) -> None:
        if first > last or not self._complete:
            return
        which = f"message {first}" if first == last else f"messages {first} to {last}"
        verb = "is" if first == last else "are"
        self._complaints.add(
            f"cases/{self._case}", f"{which} of the {in_thread} thread {verb} missing"
        )

    def check_heads(self, line: CaseLine, held: Mapping[str, Message]) -> None:
        """Complain about each thread that does not end where the manifest says."""
        for name, head in line.heads.items():
            own = [message for message in held.values() if thread(message.kind) == name]
            last = max(own, key=lambda message: message.place.n, default=None)
            reached, expected = last.place.n if last else 0, head.n if head else 0
            self._gap(name, reached + 1, expected)
            if reached > expected:
                what = f"the {name} thread goes on after the end that the manifest names"
                self._complaints.add(f"cases/{self._case}", what)
            elif last and head and reached == expected and last.digest != head.digest:
                what = f"message {reached} of the {name} thread is not the one in the manifest"
                self._complaints.add(f"cases/{self._case}", what)
