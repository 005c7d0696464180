"""The collector's identities: after the routing key was replaced, what came before still opens."""

from pathlib import Path

import pytest

from crypto import age
from crypto.errors import WrongIdentity
from review.errors import SettingsRefused
from review.routing import Several, collector_files
from review.settings import Settings
from tests import committee
from tests.browser.installation import Installation
from tests.review.collecting import close, collector_of, run


def several(*names: str) -> Several:
    return Several(tuple(committee.identity(name) for name in names))


def test_the_newest_identity_and_the_one_before_each_open_what_is_theirs() -> None:
    both = several("new routing", "routing")
    for name in ("new routing", "routing"):
        sealed = age.seal(b"note", [committee.recipient(name)])
        assert age.open_sealed(sealed, [both]) == b"note"
    with pytest.raises(WrongIdentity):
        age.open_sealed(age.seal(b"note", [committee.recipient("chair")]), [both])
    assert "AGE-SECRET" not in repr(both)


def test_a_file_may_hold_the_new_line_above_the_old_one(tmp_path: Path) -> None:
    file, key = tmp_path / "routing", tmp_path / "store"
    key.write_text("A" * 43 + "=\n")
    environ = {
        "REVIEW_BOOK_URL": "sqlite:////b.db",
        "REVIEW_SHRED_URL": "sqlite:////s.db",
        "REVIEW_DROP_URL": "sqlite:////d.db",
        "REVIEW_STORE_KEY_FILE": str(key),
        "REVIEW_ROOT_KEY": "A" * 43 + "=",
        "REVIEW_ROUTING_IDENTITY_FILE": str(file),
    }
    lines = [committee.identity(name).text for name in ("new routing", "routing")]
    file.write_text("\n".join(lines) + "\n")
    file.chmod(0o600)
    found = collector_files(Settings.from_environ(environ)).identity.identities
    assert [each.text for each in found] == lines
    file.write_text("\n")
    with pytest.raises(SettingsRefused, match="must hold an identity"):
        collector_files(Settings.from_environ(environ))


@pytest.mark.stores
def test_a_deposit_sealed_before_the_routing_key_was_replaced_is_collected(
    installation: Installation,
) -> None:
    installation.submitter("before").submit()
    newer = committee.next_roster(
        installation.roster, routing=committee.recipient("new routing").text
    )
    installation.publish(newer)
    installation.roster = newer
    installation.submitter("after").submit()
    collector = collector_of(installation, routing=several("new routing", "routing"))
    done = run(collector)
    close(collector)
    assert done.problems == []
    assert done.submissions == 2
