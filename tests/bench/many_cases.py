"""How much slower the console's pages are with ten thousand cases than with a hundred.

    python -m tests.bench.many_cases

Both books are asked in turn, page for page, so that what else the machine does weighs on both. No
network is in it: the pages are asked for in the same process, on SQLite and on PostgreSQL.
"""

import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from review.app import create_app
from review.casework.course import Stage
from review.settings import Settings
from review.store.shred import Locksmith
from tests import committee, stores
from tests.bench import flood
from tests.bench.figures import Figure, median_ratio, p95
from tests.browser.installation import Installation
from tests.groups import find_postgres
from tests.postgres import running
from tests.review.desk import Desk, parts_of, wind
from tests.review.web.course import Course

MOST = 1.5
PERSON = "chair"
CASE = "{case}"
PAGES: Mapping[str, str] = {
    "home": "/",
    "cases": "/cases",
    "the newest cases": "/cases?order=newest",
    "cases by stage": f"/cases?stage={Stage.TRIAGED}",
    "cases by category": "/cases?category=REV",
    "cases of a category that has none": "/cases?category=INS",
    "cases by severity": "/cases?severity=S3",
    "cases of a severity that has none": "/cases?severity=S1",
    "overdue cases": "/cases?due=late",
    "cases due soon": "/cases?due=soon",
    "drills": "/cases?drills=1",
    "a case": f"/cases/{CASE}",
    "what a browser is told of a case": f"/cases/{CASE}/manifest",
    "statistics": "/statistics",
}


@dataclass(frozen=True)
class Size:
    """How much is measured: cases in either book, rounds, and requests for a page in each."""

    few: int = 100
    many: int = 10_000
    rounds: int = 5
    requests: int = 20


@dataclass(frozen=True)
class Book:
    """A filled installation, and one of its cases."""

    desk: Desk
    case_id: str

    def seconds(self, page: str) -> float:
        """How long a page takes."""
        path = page.replace(CASE, self.case_id)
        start = time.perf_counter()
        answer = self.desk.get(path)
        took = time.perf_counter() - start
        assert answer.status_code == 200, (path, answer.status_code)
        return took


@contextmanager
def filled(folder: Path, count: int) -> Iterator[Book]:
    """An installation with so many cases."""
    folder.mkdir()
    installation = Installation(folder)
    app = create_app(Settings.from_environ(installation.environment()), "interactive")
    wind(app)
    kinds = kinds_of(installation, app)
    key = parts_of(app).store_key
    flood.fill(installation, Locksmith(committee.INSTALLATION, key), kinds, count)
    with installation.book.connect() as connection:
        # As the databases do by themselves in time.
        connection.execute(text("ANALYZE"))
        connection.commit()
    yield Book(Desk(app, PERSON), kinds["triaged"].case_id)
    parts_of(app).book.dispose()
    parts_of(app).shred.dispose()
    installation.close()


def kinds_of(installation: Installation, app: Flask) -> Mapping[str, flood.Kind]:
    """One case of each kind, made by the product."""
    return {
        name: flood.make(installation, Course(app, installation.submitter(name)), name)
        for name in flood.SHARES
    }


def measure(size: Size, kind: str) -> Iterator[Figure]:
    """For each page the ratio of its p95 with many cases to that with few, on one database."""
    with ExitStack() as stack:
        cluster = stack.enter_context(running()) if kind == "PostgreSQL" else None
        stack.enter_context(stores.using(cluster))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        few = stack.enter_context(filled(folder / "few", size.few))
        many = stack.enter_context(filled(folder / "many", size.many))
        for name, page in PAGES.items():
            pairs = [_round(many, few, page, size.requests) for _ in range(size.rounds)]
            yield Figure(
                f"{name}, {kind}: {size.many} cases", "ms",
                statistics.median(pair[0] for pair in pairs) * 1000,
            )  # fmt: skip
            yield Figure("the same, against 100", "", median_ratio(pairs), MOST, most=True)


def _round(many: Book, few: Book, page: str, requests: int) -> tuple[float, float]:
    found: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    for _ in range(requests):
        for seconds, book in zip(found, (many, few), strict=True):
            seconds.append(book.seconds(page))
    return p95(found[0]), p95(found[1])


def measure_all(size: Size = Size()) -> Iterator[Figure]:  # noqa: B008
    """Both databases, or SQLite alone where there is no PostgreSQL on the machine."""
    yield from measure(size, "SQLite")
    if find_postgres() is not None:
        yield from measure(size, "PostgreSQL")


def main(
    say: Callable[[str], None] = print, kinds: Sequence[str] = ("SQLite", "PostgreSQL")
) -> None:
    """Print the table."""
    for kind in kinds:
        for figure in measure(Size(), kind):
            say(figure.line())


if __name__ == "__main__":
    main()
