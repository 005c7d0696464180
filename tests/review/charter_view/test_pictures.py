"""The pictures: numbers from the records, well-formed files, and nothing in them but drawing."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from review.charter_view import drawing, pictures
from review.charter_view.due import calendar
from review.charter_view.measures import Measures, Partner, Ratio, measures
from tests.review.charter_view.stories import CHARTER, F1, F2, book, seen

DAY = date(2026, 12, 31)
EMPTY = Measures((), (), ())
DRAWN: list[Callable[[Measures], str]] = [
    pictures.fee_ratios,
    pictures.partner_years,
    lambda shown: pictures.cure_clocks(shown, DAY),
]


def of(name: str, day: date) -> Measures:
    found, shelf = seen(name, day)
    return measures(CHARTER, book(name), found, shelf)


def test_the_ratio_counts_what_was_billed_beside_the_audit() -> None:
    ratio = of(F1, DAY).ratios[0]
    assert (ratio.audit, ratio.other) == (Decimal(400000), Decimal(77000))
    assert ratio.ratio == Decimal("0.1925")


def test_without_an_audit_there_is_no_ratio() -> None:
    assert Ratio("H", 2026, Decimal(0), Decimal(5)).ratio is None


def test_lead_and_reviewing_years_are_counted_together_and_each_year_once() -> None:
    shown = of("lead-then-reviewer", date(2022, 12, 31))
    both = next(one for one in shown.partners if one.roles == ("EQR", "LEAD"))
    assert both.years == (2018, 2019, 2020, 2021, 2022)
    assert both.left == 0


def test_a_sixth_year_in_a_row_leaves_less_than_none() -> None:
    assert Partner("Lee", ("LEAD",), tuple(range(2020, 2026))).left == -1


def test_a_cure_clock_runs_to_the_deadline_of_the_exchange() -> None:
    clock = of(F2, date(2027, 6, 1)).clocks[0]
    assert (clock.since, clock.deadline) == (date(2027, 1, 8), date(2027, 7, 7))
    assert clock.days_left(date(2027, 6, 1)) == 36
    assert clock.until is None
    assert of(F2, date(2027, 6, 30)).clocks[0].until == date(2027, 6, 15)


@pytest.mark.parametrize("name", [F1, F2, "lead-then-reviewer"])
def test_every_picture_is_a_file_of_its_own_without_script_or_address(name: str) -> None:
    found, shelf = seen(name, DAY)
    shown = measures(CHARTER, book(name), found, shelf)
    files = [draw(shown) for draw in DRAWN] + [draw(EMPTY) for draw in DRAWN]
    files.append(pictures.year_strip(calendar(CHARTER, book(name), found, shelf)))
    for text in files:
        root = ElementTree.fromstring(text)
        assert root.attrib["aria-label"]
        assert not re.search(r"<script|<style|href|url\(|\son\w+=", text)


def test_a_name_cannot_break_out_of_a_picture() -> None:
    bad = '<script>alert("1")</script>&'
    text = pictures.partner_years(Measures((), (Partner(bad, ("LEAD",), (2026,)),), ()))
    assert "<script" not in text
    assert bad in "".join(ElementTree.fromstring(text).itertext())
    assert "<b" not in drawing.picture("<b>", 1, 1, [])
