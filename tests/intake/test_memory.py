"""How much memory the server takes for a large file: as much as for a small one, nearly.

The most that the processes ever had resident is asked of the kernel, so that no moment is missed.
"""

import os
from pathlib import Path

import pytest

from crypto.padding import SLICE
from intake import drop
from tests.bench import load
from tests.bench.intake import ask_submission, file_form, memory
from tests.intake.serving import Serving

pytestmark = [pytest.mark.stores, pytest.mark.slow]
MIB = 96
# In KiB. Measured: about a fifth of it. What would keep a file of this size whole takes more.
MOST = 64 << 10


def test_a_large_file_without_scripts_takes_no_more_memory_than_a_few_slices(
    tmp_path: Path,
) -> None:
    with Serving(tmp_path, workers=1, threads=4) as server:
        # A worker's first request compiles templates and opens its connections.
        load.drive(server.socket, ask_submission, 1, 0.0, least=8)
        idle = memory(server.pid, "VmRSS")
        answer = load.exchange(server.socket, file_form(os.urandom(SLICE), MIB))
        assert load.RECEIPT.search(answer), answer[:200]
        assert memory(server.pid, "VmHWM") - idle <= MOST
        with drop.reading(server.engine) as connection:
            (*_texts, deposit) = sorted(drop.waiting(connection, 20), key=lambda one: one.slices)
    assert deposit.slices >= MIB
