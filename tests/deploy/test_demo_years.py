"""A demo that is kept and started again on later days, until a case has come to its end."""

import json
from pathlib import Path

import pytest

from tests.deploy import ending_demo as end
from tests.running import Running

pytestmark = [pytest.mark.demo, pytest.mark.sqlite("the demo keeps its data in files")]
FIRST = "2027-03-01"


def test_a_case_runs_out_is_held_released_approved_by_two_shredded_and_certified(
    tmp_path: Path,
) -> None:
    """A backup from before, restored after its time, cannot open it; the verifier is content."""
    first = Running(tmp_path / "data", "--today", FIRST)
    try:
        end.acknowledge_all(first)
    finally:
        first.end()
    case, long = end.case_of(first.here, "RC-04"), end.case_of(first.here, "RC-03")
    with end.later(first, end.DUE) as due:
        proof = end.proof_of(due)
        assert not end.answers_as_unknown(due)
        end.is_not_due(due, long)
        end.hold_and_release(due, case)
        end.two_approve(due, case)
        backup = end.Backup(due)
    with end.later(first, end.COOLED) as after:
        assert case not in after.sign_in("chair").inbox()
        assert end.answers_as_unknown(after)
        assert "a submission was received" in end.said_of_the_proof(after, proof)
        assert end.certificate_of(first.here).gone == {case: after.today}
        backup.does_not_bring_back_the_key(after)
        backup.does_not_open(after, case)
        assert end.told(first.here, "backup.expired") == []
    with end.later(first, end.COOLED) as ended:
        ended.record()
        (entry,) = end.told(first.here, "backup.expired")
        assert entry["manifest"] == end.certificate_of(first.here).manifest
        done = ended.verify()
        assert done.returncode == 0, json.dumps(done.stdout)
        assert "disposed" in done.stdout
