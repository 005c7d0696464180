"""The browser's copy of the table of steps is that table: by it the browser checks every act."""

import json
from pathlib import Path

from review.casework.course import LINES, Signers, Stage, shown_to_submitter

FILE = Path(__file__).parents[3] / "review" / "web" / "js" / "course.json"
ALWAYS_TWO = {
    Signers.LEAD_AND_ONE,
    Signers.LEAD_AND_COUNSEL,
    Signers.TWO_OR_COMMITTEE,
}
# What happens without a signed act: by a reading, a reply, a new key of the case, or by itself.
UNSIGNED = {
    Stage.RECEIVED: [Stage.OPENED, Stage.ACKNOWLEDGED],
    Stage.OPENED: [Stage.CONFLICT_REROUTED, Stage.ACKNOWLEDGED],
    Stage.CONFLICT_REROUTED: [Stage.ACKNOWLEDGED],
    Stage.CLOSED: [Stage.MONITORING],
    Stage.MONITORING: [Stage.RETENTION],
    Stage.REFERRED: [Stage.RETENTION],
    Stage.MERGED: [Stage.RETENTION],
    Stage.NOT_A_REPORT: [Stage.RETENTION],
    Stage.RETENTION: [Stage.DISPOSED],
}


def table() -> dict[str, object]:
    return {
        "lines": [
            {
                "act": line.step.replace(" ", "-"),
                "before": [stage.value for stage in Stage if stage in line.before],
                "after": None if line.after is None else line.after.value,
                "who": sorted(role.value for role in line.who),
                "signers": line.signers.value,
                "two": line.signers in ALWAYS_TWO,
            }
            for line in LINES
        ],
        "shown": {stage.value: shown_to_submitter(stage) for stage in Stage},
        "unsigned": {
            before.value: [after.value for after in stages] for before, stages in UNSIGNED.items()
        },
    }


def rendered() -> str:
    lines = ",\n".join(f"  {json.dumps(line)}" for line in table()["lines"])  # type: ignore[attr-defined]
    rest = ",\n".join(f' "{name}": {json.dumps(table()[name])}' for name in ("shown", "unsigned"))
    return f'{{\n "lines": [\n{lines}\n ],\n{rest}\n}}\n'


def test_the_browser_s_table_is_the_table_of_the_course() -> None:
    assert FILE.read_text(encoding="ascii") == rendered()
