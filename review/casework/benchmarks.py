"""What others report of their lines, each figure with its source and how far it can be compared.

Figures without a source that was seen are not here. They are medians or shares over thousands of
organisations, most of them many times larger.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Benchmark:
    """A figure of others: what it measures, the figure, its year, and where it was read."""

    metric: str
    figure: str
    year: int
    source: str


_NAVEX_2025 = "NAVEX hotline benchmark 2025, as told by radicalcompliance.com, 25 March 2025"
_NAVEX_2018 = "NAVEX hotline benchmark 2018, navex.com, 10 April 2018"
_NAVEX_2020 = "NAVEX hotline benchmark 2020, navex.com, 7 April 2020"
_WEEK_2017 = "NAVEX hotline benchmark 2017, as told by complianceweek.com"
_MAGAZINE_2016 = "NAVEX hotline benchmark 2016, as told by securitymagazine.com"
_REGIONS = "NAVEX statistics for the United States and other regions, navex.com"

BENCHMARKS = (
    Benchmark("volume", "1.57 for each hundred people (median)", 2024, _NAVEX_2025),
    Benchmark("volume", "1.78 where the head office is in the United States", 2024, _REGIONS),
    Benchmark("volume", "0.67 in Europe", 2024, _REGIONS),
    Benchmark("substantiated", "46 %", 2024, _NAVEX_2025),
    Benchmark("substantiated", "44 %", 2017, _NAVEX_2018),
    Benchmark("follow_up", "26 % of anonymous submitters came back", 2024, _NAVEX_2025),
    Benchmark("follow_up", "36 % of anonymous submitters came back", 2019, _NAVEX_2025),
    Benchmark("median_days", "45 days (median)", 2019, _NAVEX_2020),
    Benchmark("median_days", "42 days (median)", 2016, _WEEK_2017),
    Benchmark("median_days", "39 days (median)", 2014, _MAGAZINE_2016),
    Benchmark("retaliation", "less than 1 % of submissions", 2016, _WEEK_2017),
    Benchmark("anonymous", "58 %", 2016, _WEEK_2017),
    Benchmark("anonymous", "65 %", 2009, _WEEK_2017),
)
CAUTION = (
    "Organisations with fewer than ten submissions are not in these figures. With a few cases a"
    " year a share says next to nothing."
)


def beside(metric: str) -> tuple[Benchmark, ...]:
    """The figures of others for a metric, the newest first."""
    found = [one for one in BENCHMARKS if one.metric == metric]
    return tuple(sorted(found, key=lambda one: -one.year))
