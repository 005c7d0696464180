"""What share of a submission without scripts each of its steps takes, in one process.

Counted in the processor's time: on a busy machine a long act is interrupted and a short one is not,
and shares of the time on the clock would say more about the others than about us. So what is waited
for, such as the disk at the end of the row's transaction, is not in them.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from crypto import age, case
from crypto.padding import MESSAGE_STEPS, ROUTING_SIZE
from crypto.receipt import ReceiptCode
from crypto.recipient import from_seed
from intake.sealing import Case
from tests.bench.figures import Figure
from tests.intake.house import House


def measure(rounds: int) -> list[Figure]:
    """The median of each step's time as a share of the whole; what is left is all the rest."""
    with tempfile.TemporaryDirectory(prefix="underrose-bench-") as name:
        house = House(Path(name), INTAKE_BUDGET_DEPOSITS="100000000/minute")
        try:
            return _measure(house, rounds)
        finally:
            house.engine.dispose()


def _measure(house: House, rounds: int) -> list[Figure]:
    roster, text = house.roster, "June. " * 340
    code = ReceiptCode.from_form_token(os.urandom(15), roster.installation)
    new = Case.draw()
    readers = [each.recipient for each in roster.readers]
    acts: dict[str, Callable[[], object]] = {
        "whole": lambda: house.submit(what=text, token=os.urandom(15).hex()),
        "mailbox key": lambda: from_seed(code.keys(roster.installation).mailbox_seed),
        "case key": Case.draw,
        "message sealed": lambda: age.seal(bytes(MESSAGE_STEPS[0]), [new.recipient]),
        "grant sealed": lambda: case.seal_grant(new.seed, readers, roster.slots),
        "routing sealed": lambda: age.seal(bytes(ROUTING_SIZE), [roster.routing]),
    }
    times = {name: [_seconds(act) for _ in range(rounds)] for name, act in acts.items()}
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    whole = middle.pop("whole")
    rest = whole - sum(middle.values())
    shares = [Figure(f"share: {name}", "%", 100 * one / whole) for name, one in middle.items()]
    return [
        Figure("one submission, processor time", "ms", whole * 1000),
        *shares,
        Figure("share: form, documents, signatures, row, page", "%", 100 * rest / whole),
    ]


def _seconds(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start
