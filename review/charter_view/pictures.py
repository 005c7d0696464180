"""The four pictures: the year's meetings, fees beside the audit, partners' years, cure clocks.

Each page that shows one has the same numbers in a table beside it.
"""

from datetime import date
from decimal import Decimal

from review.charter_view.drawing import box, dot, line, picture, words
from review.charter_view.due import Calendar, Meeting
from review.charter_view.measures import HIGH_RATIO, MOST_YEARS, WARN_RATIO, Measures

WIDTH = 640
LEFT = 230
# How many letters of a name there is room for at the left.
LETTERS = 32
ROW = 34
# Where a bar ends that is longer than the picture: its number stands beside it.
MOST_SHOWN = Decimal("1.5")


def year_strip(shown: Calendar) -> str:
    """The year's meetings on a line, with how many things each must cover."""
    meetings = shown.held + shown.coming
    first = min([shown.as_of, *(one.day for one in meetings)]).toordinal()
    last = max([shown.as_of, *(one.day for one in meetings)]).toordinal()
    parts = [line(40, 70, WIDTH - 40, 70)]
    for place, one in enumerate(meetings):
        parts += _meeting(one, _across(one.day, first, last), high=place % 2 == 0)
    today = _across(shown.as_of, first, last)
    parts += [line(today, 48, today, 92, "mark"), words(today, 146, "today", "middle", "soft")]
    said = f"{len(shown.held)} meetings held and {len(shown.coming)} to come"
    return picture(f"The year's meetings: {said}.", WIDTH, 156, parts)


def _meeting(one: Meeting, x: float, *, high: bool) -> list[str]:
    said = ("held" if one.counts else "no quorum") if one.is_held else f"{len(one.covers)} to cover"
    style = ("good" if one.counts else "bad") if one.is_held else "calm"
    top = 20 if high else 108
    return [
        dot(x, 70, 8, style),
        words(x, top, f"{one.day:%b} {one.day.day}", "middle"),
        words(x, top + 16, said, "middle", "soft"),
    ]


def _across(day: date, first: int, last: int) -> float:
    """A day's place on the line; in the middle where there is only one."""
    if last == first:
        return WIDTH / 2
    return 70 + (WIDTH - 140) * (day.toordinal() - first) / (last - first)


def fee_ratios(shown: Measures) -> str:
    """Fees beside the audit against fees for it, by year, with the two thresholds."""
    known = [one for one in shown.ratios if one.ratio is not None]
    height = 50 + ROW * len(known)
    scale = (WIDTH - LEFT - 70) / float(MOST_SHOWN)
    parts = []
    for place, one in enumerate(known):
        ratio, y = one.ratio or Decimal(0), 34 + ROW * place
        style = "bad" if ratio >= WARN_RATIO else "good"
        width = max(2.0, float(min(ratio, MOST_SHOWN)) * scale)
        parts += [
            words(LEFT - 10, y + 15, f"{_short(one.firm, 5)} {one.fiscal_year}", "end"),
            box(LEFT, y, width, 20, style),
            words(LEFT + width + 6, y + 15, f"{ratio:.0%}"),
        ]
    for mark in (WARN_RATIO, HIGH_RATIO):
        x = LEFT + float(mark) * scale
        parts += [line(x, 26, x, height - 14, "mark"), words(x, 18, f"{mark:.0%}", "middle")]
    return picture("Fees beside the audit, against fees for the audit.", WIDTH, height, parts)


def partner_years(shown: Measures) -> str:
    """A box for each year in a row that a partner led or reviewed; five is the most."""
    height = 20 + ROW * len(shown.partners)
    parts = []
    for place, one in enumerate(shown.partners):
        y = 12 + ROW * place
        parts.append(words(LEFT - 10, y + 16, _short(one.name), "end"))
        for year in range(max(MOST_YEARS, len(one.years))):
            style = "bad" if year >= MOST_YEARS else "good" if year < len(one.years) else "calm"
            parts.append(box(LEFT + year * 40, y, 34, 22, style))
        said = f"{len(one.years)} of {MOST_YEARS} years"
        parts.append(words(LEFT + max(MOST_YEARS, len(one.years)) * 40 + 8, y + 16, said))
    return picture("Partners' years in a row on the audit; five is the most.", WIDTH, height, parts)


def cure_clocks(shown: Measures, today: date) -> str:
    """How much of each cure period has run."""
    height = 20 + ROW * len(shown.clocks)
    parts = []
    for place, one in enumerate(shown.clocks):
        y, whole = 12 + ROW * place, max(1, (one.deadline - one.since).days)
        run = min(max(((one.until or today) - one.since).days / whole, 0), 1)
        wide = WIDTH - LEFT - 190
        style = "good" if one.until else "bad"
        parts += [
            words(LEFT - 10, y + 16, _short(one.about), "end"),
            box(LEFT, y, wide, 22, "calm"),
            box(LEFT, y, max(2.0, wide * run), 22, style),
            words(
                LEFT + wide + 8, y + 16, _clock(one.days_left(today), over=one.until is not None)
            ),
        ]
    return picture("Cure periods, and how much of each has run.", WIDTH, height, parts)


def _clock(days: int, *, over: bool) -> str:
    if over:
        return "over"
    return f"{days} days left" if days >= 0 else f"passed {-days} days ago"


def _short(name: str, less: int = 0) -> str:
    """A name, cut where there is no room for all of it; the table beside has it whole."""
    most = LETTERS - less
    return name if len(name) <= most else name[: most - 1].rstrip(" ,") + "…"
