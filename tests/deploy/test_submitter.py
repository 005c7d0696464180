"""The demo's two submitters find what the pages offer for keeping."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto import kept, statement
from crypto.signing import verify_key
from deploy.client import Client
from deploy.submitter import PlainSubmitter, SealingSubmitter, Story
from tests import committee
from tests.intake import recording
from tests.intake.house import House
from tests.serving import serving

pytestmark = pytest.mark.stores

KEYS = [verify_key(committee.statement_seed())]
STORY = Story({"what": "The numbers for June were moved."})


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.engine.dispose()


@pytest.mark.parametrize("kind", [PlainSubmitter, SealingSubmitter])
def test_a_submitter_keeps_what_shows_that_it_was_these_words(
    house: House, kind: type[PlainSubmitter | SealingSubmitter]
) -> None:
    with serving(house.app) as port:
        submitter = kind(Client(port))
        code = submitter.submit(STORY)
        offered = [submitter.offered]
        submitter.add(code, "One thing more.")
        offered.append(submitter.offered)
        assert submitter.proofs(code) == {}
        made = recording.record(house)
        found = submitter.proofs(code)
    assert found == dict(
        zip(("submission.tlog-proof", "follow-up-2.tlog-proof"), made, strict=True)
    )
    for each, deposit in zip(offered, house.deposits(), strict=True):
        received = recording.received(house, deposit)
        assert each.keys() == {"statement.json", "kept.json"}
        statement.verify(each["statement.json"], KEYS).check_entry(received)
        words = kept.parse(each["kept.json"])
        received.check_text(words.nonce, words.text)
