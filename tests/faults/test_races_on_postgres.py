"""Two programs at the same thing at once, with the databases on a server.

What tests.faults.test_races asks of files is asked here of a server, where two that write wait in
one line only as long as both ask for it, and a broken rule ends a whole transaction.
"""

from pathlib import Path

import pytest

from tests.faults.deeds import begin, deeds
from tests.faults.ground import Ground
from tests.faults.test_races import PAIRS, race
from tests.stores import KINDS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgresql,
    pytest.mark.parametrize("stores", KINDS[1:], indirect=True),
]
ROUNDS = 2
# Those at which a server could take part in going wrong: the same done twice.
TWICE = tuple(
    (one, other)
    for one, other in PAIRS
    if one == other and one not in ("a follow-up with a file, scripts off", "posting proofs")
)


def test_two_at_once_over_postgresql_do_it_once(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    begin(ground)
    known = {each.name: each for each in deeds(ground)}
    for pair in TWICE:
        race(ground, known, pair, ROUNDS)
