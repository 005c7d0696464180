"""The owner's decisions: every key a book may set, what it may be, and what holds without it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from review.charter.located import Json
from review.charter.values import scalar_problem


@dataclass(frozen=True)
class Setting:
    """One decision of the owner: its value where nobody decided, and what it may be."""

    default: Json
    problem: Callable[[Json], str]
    # The words that it may be, where it is one of a few.
    options: tuple[str, ...] = ()


def _number(least: int, most: int) -> Callable[[Json], str]:
    def problem(value: Json) -> str:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if whole and isinstance(value, int) and least <= value <= most:
            return ""
        return f"must be a whole number from {least} to {most}"

    return problem


def _word(*words: str) -> Callable[[Json], str]:
    return lambda value: "" if value in words else "must be one of " + ", ".join(words)


def _choice(default: str, *others: str) -> Setting:
    return Setting(default, _word(default, *others), (default, *others))


def _flag(value: Json) -> str:
    return "" if isinstance(value, bool) else "must be true or false"


def _person(value: Json) -> str:
    return scalar_problem(value, "person")


def _quorum(value: Json) -> str:
    return "" if value == "MAJORITY" else _number(1, 100)(value) and "must be MAJORITY or a number"


def _overlay(value: Json) -> str:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ""
    return "must be a list of overlay ids such as L-04"


def _unpaid(value: Json) -> str:
    steps = value if isinstance(value, list) else []
    days = [d for d in steps if isinstance(d, int) and not _number(0, 3650)(d)]
    rising = len(days) == len(steps) == 3 and days == sorted(set(days))
    return "" if rising else "must be three rising numbers of days"


_MONTHS, _DAYS = _number(1, 120), _number(0, 3650)

SETTINGS: Mapping[str, Setting] = {
    "annual_mode": _choice("FISCAL_YEAR", "ROLLING_12M"),
    "annual_warn_months": Setting(12, _MONTHS),
    "meetings_per_year": Setting(4, _number(1, 52)),
    "meeting_gap_days": Setting(120, _DAYS),
    "quorum": Setting("MAJORITY", _quorum),
    "executive_session_warn_months": Setting(6, _MONTHS),
    "executive_session_high_months": Setting(12, _MONTHS),
    "board_report_at": _choice("NEXT_REGULAR"),
    "minutes_draft_days": Setting(30, _DAYS),
    "determination_max_days": Setting(365, _DAYS),
    "stockholder_ratification": Setting(True, _flag),
    "pre_approval_valid_months": Setting(12, _MONTHS),
    "late_record_days": Setting(7, _DAYS),
    "unpaid_days": Setting([30, 60, 90], _unpaid),
    "channel_test_days": Setting(90, _DAYS),
    "alternate": Setting(None, _person),
    "counsel_fallback": Setting(None, _person),
    "overlay_off": Setting([], _overlay),
    "profile": _choice("US_ONLY", "EU"),
    "eu_clocks_as_policy": Setting(True, _flag),
    "feedback_mode": _choice("CONSERVATIVE", "LITERAL"),
    "suppression_k": Setting(3, _number(1, 100)),
    "cooling_days": Setting(7, _DAYS),
    "disposition_grace_days": Setting(30, _DAYS),
}


def setting_problem(key: str, value: Json) -> str:
    """Why this key cannot have this value; empty if it can."""
    if key not in SETTINGS:
        return f"{key} is not a setting"
    return SETTINGS[key].problem(value)
