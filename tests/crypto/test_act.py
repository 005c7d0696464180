"""Acts are read and checked by the shared vectors; here is what those cannot say."""

import pytest

from crypto import act, roster, signing
from crypto.errors import InvalidSignature, MalformedAct
from tests.vectors.cases.act import FIRST, NEXT, ROSTER
from tests.vectors.cases.fixed import seed

LISTED = roster.parse(ROSTER.encode())


def test_two_people_sign_the_very_same_act() -> None:
    made = [act.sign(FIRST, by, signing.member_seed(seed(by))) for by in ("ben", "ada")]
    assert act.check_all(FIRST, made, LISTED) == {"ada", "ben"}
    assert act.check_all(FIRST, reversed(made), LISTED) == {"ada", "ben"}


def test_a_signature_of_another_kind_is_none_of_an_act() -> None:
    value = {"v": 1}
    signed = signing.sign("note", value, signing.member_seed(seed("ada")))
    with pytest.raises(InvalidSignature):
        signing.check("act", signed, LISTED.verify_keys["ada"])


def test_an_act_has_no_place_for_a_sentence() -> None:
    with pytest.raises(MalformedAct):
        act.build(
            **{
                **{name: getattr(FIRST, name) for name in ("installation", "subject", "act")},
                **{name: getattr(FIRST, name) for name in ("roster", "on", "previous")},
                "data": {"reason": "the chair told me so"},
            }
        )


def test_the_next_act_names_the_one_before() -> None:
    assert NEXT.previous == FIRST.hash != NEXT.hash


def test_words_of_the_data_are_read_alike_alone_or_listed() -> None:
    assert FIRST.words("outcomes") == ("s1=PARTLY", "s2=REFERRED")
    assert (FIRST.words("to"), FIRST.words("nothing")) == (("DETERMINED",), ())
