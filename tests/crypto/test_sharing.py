"""Shares: what their act says, whose signatures count by one, and that a new key ends it."""

from typing import Any

import pytest

from crypto import act as act_format
from crypto import keying, sharing, signing
from crypto.act import Act, Value
from crypto.errors import InvalidSignature, Malformed
from tests import acts, committee

DANA = "finance"
KEY = signing.verify_key(committee.signing_seed(DANA))
DATA = sharing.data_of(DANA, committee.recipient(DANA).text, KEY, 1, b"grant")
CASE = "ab" * 32


def act(name: str = sharing.SHARE, data: dict[str, Value] | None = None) -> Act:
    return acts.make(name, subject=CASE, **dict[str, Any](DATA if data is None else data))


def test_a_share_says_with_whom_of_which_key_and_by_which_key_they_sign() -> None:
    share = sharing.share_in(act())
    assert (share.person, share.generation, share.verify_key) == (DANA, 1, KEY)
    assert len({share.recipient, share.grant}) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"generation": 0},
        {"verify_key": "ab"},
        {"verify_key": "AB" * 32},
        {"recipient": "short"},
        {"person": "Nobody"},
        {"more": "x"},
    ],
)
def test_what_is_not_a_share_is_refused_and_adds_nobody(changed: dict[str, Value]) -> None:
    odd = act(data={**DATA, **changed})
    with pytest.raises(Malformed):
        sharing.share_in(odd)
    assert sharing.keys_after({}, odd) == {}


def test_another_act_is_no_share() -> None:
    with pytest.raises(Malformed):
        sharing.share_in(act("release", {}))


def test_a_new_key_ends_every_share_and_nothing_else_does() -> None:
    after = sharing.keys_after({}, act())
    assert after == {DANA: KEY}
    assert sharing.keys_after(after, act("escalate", {})) == after
    assert sharing.keys_after(after, act(keying.REKEY, {})) == {}


def test_whom_a_case_is_shared_with_signs_by_the_key_of_the_share_alone() -> None:
    done = act("report-the-facts", {})
    signed = [act_format.sign(done, DANA, committee.signing_seed(DANA))]
    assert act_format.check_all(done, signed, acts.ROSTER, {DANA: KEY}) == {DANA}
    for shared in ({}, {DANA: signing.verify_key(committee.signing_seed("other"))}):
        with pytest.raises(InvalidSignature):
            act_format.check_all(done, signed, acts.ROSTER, shared)


def test_a_share_in_a_reader_s_name_takes_nothing_from_the_reader() -> None:
    """Attack: a share that names the chair, with another verify key."""
    done = act("report-the-facts", {})
    forged = [act_format.sign(done, "chair", committee.signing_seed(DANA))]
    with pytest.raises(InvalidSignature):
        act_format.check_all(done, forged, acts.ROSTER, {"chair": KEY})
