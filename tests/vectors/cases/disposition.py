"""Manifests of dispositions, two records and one, and every second spelling of them."""

from datetime import date

from crypto import disposing
from crypto.disposing import Line, Manifest
from tests.vectors.cases.fixed import CASE_ID, DAY, INSTALLATION, Case, seed

_ON = date.fromisoformat(DAY)
_FIRST = date(2019, 11, 18)
_DUE = date(2026, 11, 18)


def _manifest(*cases: str) -> Manifest:
    return disposing.build(
        installation=INSTALLATION,
        disposition=seed("disposition").hex()[:32],
        by="ada",
        on=_ON,
        cooling=7,
        records=[Line(each, "RC-01", 1, _FIRST, _DUE, seed("content").hex()) for each in cases],
    )


ONE = _manifest(CASE_ID)
TWO = _manifest(CASE_ID, seed("another case").hex())
BASES = {"one": ONE.document.decode(), "two": TWO.document.decode()}
_LINE = ONE.document.decode().split('"records":[')[1].split("]")[0]

# In the manifest of one record, each replaces the first text by the second.
FAULTS: dict[str, tuple[str, str]] = {
    "no record": (_LINE, ""),
    "a record twice": (_LINE, f"{_LINE},{_LINE}"),
    "another kind": ('"kind":"disposition"', '"kind":"certificate"'),
    "an id in upper case": (ONE.id, ONE.id.upper()),
    "an id cut short": (ONE.id, ONE.id[1:]),
    "cooling for longer than ten years": ('"cooling":7', '"cooling":3651'),
    "cooling for less than no day": ('"cooling":7', '"cooling":-1'),
    "cooling in text": ('"cooling":7', '"cooling":"7"'),
    "no such day": ('"on":"2026-11-21"', '"on":"2026-02-30"'),
    "a class with a space": ("RC-01", "RC 01"),
    "a version in text": ('"version":1', '"version":"1"'),
    "content that is no hash": (seed("content").hex(), "x"),
    "a key more": ('"class":', '"a":1,"class":'),
    "a space": ('"cooling":7', '"cooling": 7'),
    "another version of the format": ('"v":1}', '"v":2}'),
}


def cases() -> list[Case]:
    read: list[Case] = [
        {"name": name, "op": "parse", "base": base, "hash": made.hash, "cooling": made.cooling,
         "cases": [each.case for each in made.records],
         "subject": disposing.subject(made.id), "expect": "ok"}
        for name, base, made in (("one record", "one", ONE), ("two records", "two", TWO))
    ]  # fmt: skip
    first, second = (f'"case":"{each.case}"' for each in TWO.records)
    malformed: list[Case] = [
        {"name": f"malformed: {name}", "op": "parse", "base": "one", "replace": list(replace),
         "expect": "MalformedDisposition"}
        for name, replace in FAULTS.items()
    ]  # fmt: skip
    out_of_order: Case = {
        "name": "malformed: records out of order", "op": "parse", "base": "two",
        "replace": [first, second.replace(second[8:10], "ff", 1)], "expect": "MalformedDisposition",
    }  # fmt: skip
    return [*read, *malformed, out_of_order]
