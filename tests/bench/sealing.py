"""How fast files are sealed and opened, against the cipher alone on buffers of 64 KiB.

    python -m tests.bench.sealing [--mib 64] [--rounds 7]

Both halves of each ratio are measured in turn, round for round, on the same bytes in memory.
"""

import io
import os
import sys
import time
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from crypto import age
from crypto.identity import Identity
from crypto.stream import CHUNK_SIZE
from tests.bench.figures import Figure, median_ratio

GOAL = 0.7


class _Nothing:
    """Takes what is written and keeps none of it."""

    def write(self, _data: bytes, /) -> None:
        return


def _each(act: Callable[[bytes], bytes], buffers: list[bytes]) -> None:
    # What comes out is let go at once, as _Nothing does: to keep it would cost the bare cipher new
    # memory for every buffer, and make ours look faster than the cipher that it calls.
    for buffer in buffers:
        act(buffer)


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def measure(mib: int, rounds: int) -> list[Figure]:
    """Sealing and opening so many MiB, each as a share of the speed of the bare cipher."""
    data = os.urandom(mib << 20)
    reader = Identity.generate()
    sealed = age.seal(data, [reader.recipient])
    cipher, nonce = ChaCha20Poly1305(os.urandom(32)), bytes(12)
    chunks = [data[at : at + CHUNK_SIZE] for at in range(0, len(data), CHUNK_SIZE)]
    boxes = [cipher.encrypt(nonce, chunk, None) for chunk in chunks]
    acts: list[Callable[[], object]] = [
        lambda: _each(lambda chunk: cipher.encrypt(nonce, chunk, None), chunks),
        lambda: age.seal_stream(io.BytesIO(data), _Nothing(), [reader.recipient]),
        lambda: _each(lambda box: cipher.decrypt(nonce, box, None), boxes),
        lambda: age.open_stream(io.BytesIO(sealed), _Nothing(), [reader]),
    ]
    times = [[_seconds(act) for act in acts] for _ in range(rounds)]
    return [
        Figure(f"{word} {mib} MiB, against ChaCha20Poly1305 on 64 KiB", "", ratio, GOAL)
        for word, ratio in (
            ("sealing", median_ratio([(row[0], row[1]) for row in times])),
            ("opening", median_ratio([(row[2], row[3]) for row in times])),
        )
    ]


def main(arguments: list[str]) -> int:
    """Measure with as many MiB and rounds as the arguments say, and print."""
    mib, rounds = (int(each) for each in (*arguments, "64", "7")[:2])
    for figure in measure(mib, rounds):
        print(figure.line())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
