import re

import pytest

from crypto.entry import COVER
from crypto.entry_types import TYPES

# Each is written by an act of its own, in that act's transaction.
WANTED = {
    *("submission.received", "follow-up.received", "reply.left", "roster.published"),
    *("case.opened", "case.read", "case.moved", "case.shared", "case.keyed", "case.recused"),
    *("case.closed", "hold.placed", "hold.released", "disposition.proposed"),
    *("hold.notified", "hold.acknowledged", "hold.reviewed"),
    *("disposition.approved", "disposition.executed", "backup.expired", "schedule.changed"),
    *(
        "evidence.recorded",
        "evidence.ended",
        "exported",
        "key.rotated",
        "identity.recovered",
        "person.enrolled",
    ),
    *("person.left", "drill.run", "auditor.checked", "cover", "deposit.set-aside"),
    *("statistics.published", "text.changed", "scripts.served", "case.moved-on", "sign-in.renewed"),
    *("login.started", "tally.closed", "rules.adopted", "book.restored"),
}


def test_every_act_that_the_ledger_is_for_has_a_type() -> None:
    assert set(TYPES) >= WANTED


@pytest.mark.parametrize("name", TYPES)
def test_a_type_is_spelled_like_the_others(name: str) -> None:
    kind = TYPES[name]
    assert re.fullmatch(r"[a-z-]+(\.[a-z-]+)?", name)
    assert len(name) <= 32
    assert kind.meaning[0].islower()
    assert not kind.meaning.endswith(".")
    assert not kind.required & kind.optional
    assert kind.required | kind.optional <= {"subject", "digest", "commitment", "by"}


@pytest.mark.parametrize("name", TYPES)
def test_what_a_type_means_is_told_by_no_other(name: str) -> None:
    assert [each for each in TYPES if TYPES[each].meaning == TYPES[name].meaning] == [name]


def test_a_cover_has_nothing_to_say() -> None:
    kind = TYPES[COVER]
    assert not kind.required | kind.optional
    assert not kind.data


def test_only_what_a_sender_has_sealed_is_committed_to() -> None:
    committing = {name for name in TYPES if "commitment" in TYPES[name].required}
    assert committing == {"submission.received", "follow-up.received"}
    assert not [name for name in TYPES if "commitment" in TYPES[name].optional]
