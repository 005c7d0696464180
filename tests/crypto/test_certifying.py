"""A certificate is read in one spelling, and never where its parts contradict each other."""

from collections.abc import Callable
from typing import Any

import pytest

from crypto import certifying, strict
from crypto.certificate_parts import hold_set
from crypto.errors import MalformedDisposition
from tests import certified
from tests.certified import DAY, LINES, certificate, stayed, went

Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> bytes:
    fields = strict.parse_canonical(certified.gone().document)
    assert isinstance(fields, dict)
    change(fields)
    return strict.canonical(fields)


def test_a_certificate_is_read_as_it_was_written() -> None:
    made = certified.gone()
    assert certifying.parse(made.document) == made
    assert made.gone == {LINES[0].case: DAY}
    assert made.left_out == {LINES[1].case: "ON_HOLD"}
    assert made.manifest == certified.manifest(*LINES[:2]).hash


def test_the_last_backup_that_could_help_is_none_of_the_book() -> None:
    made = certified.gone()
    ends = {each.store: each.ends for each in made.backups}
    assert made.backup == ends["shred"] < ends["book"]


def test_the_name_of_a_set_of_holds_does_not_tell_their_order_or_repeats() -> None:
    assert hold_set(["b", "a", "a"]) == hold_set(["a", "b"]) != hold_set(["a"])


def test_where_one_account_does_both_the_certificate_says_so() -> None:
    made = certificate(went(LINES[0]), account="underrose-collector")
    assert made.exceptions == ("SAME_ACCOUNT",)
    with pytest.raises(MalformedDisposition, match="account"):
        certifying.parse(made.document.replace(b'["SAME_ACCOUNT"]', b"[]"))


def test_where_nothing_went_nobody_executed_anything() -> None:
    made = certificate(stayed(LINES[0], "RECUSED"))
    assert made.executed is None
    assert not made.gone


@pytest.mark.parametrize(
    "change",
    [
        lambda fields: fields["records"].reverse(),
        lambda fields: fields["records"].clear(),
        lambda fields: fields["records"][0].update(reason="ON_HOLD"),
        lambda fields: fields["records"][0].update(executed=None),
        lambda fields: fields["records"][0].update(executed="2026-11-20"),
        lambda fields: fields["records"][1].update(reason="FORGOTTEN"),
        lambda fields: fields["approvers"].reverse(),
        lambda fields: fields["approvers"].append(fields["approvers"][1]),
        lambda fields: fields["approvers"][0].update(role="auditor"),
        lambda fields: fields["backups"].reverse(),
        lambda fields: fields["exports"].append(fields["exports"][0]),
        lambda fields: fields["exports"][0].update(reader="Case 5"),
        lambda fields: fields["verified"].update(role="collector"),
        lambda fields: fields["verified"].update(account="underrose-collector"),
        lambda fields: fields["verified"].update(account="Ada Lovelace"),
        lambda fields: fields["executed"].update(on="2026-11-22"),
        lambda fields: fields.update(executed=None),
        lambda fields: fields.update(rewritten=None),
        lambda fields: fields.update(method=["ROWS_REMOVED"]),
        lambda fields: fields.update(looked=[]),
        lambda fields: fields.update(media="DESTROY"),
        lambda fields: fields.update(exceptions=["NONE"]),
        lambda fields: fields.update(exceptions={}),
        lambda fields: fields.update(cooling=4000),
        lambda fields: fields.update(note="nothing"),
        lambda fields: fields.update(before={"origin": "a", "size": 1}),
    ],
)
def test_a_certificate_that_contradicts_itself_is_none(change: Change) -> None:
    with pytest.raises(MalformedDisposition):
        certifying.parse(changed(change))


def test_a_manifest_is_no_certificate() -> None:
    with pytest.raises(MalformedDisposition):
        certifying.parse(certified.MANIFEST.document)
