"""Where a store is a file, its bytes are searched for what every query says is gone."""

import pytest

from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ledgers
from tests.review.ending import COOLED, approved, certificate_of, certify, execute, retain

pytestmark = pytest.mark.sqlite("the files of a server are the server's")


def test_bytes_in_a_file_that_no_row_names_are_residue(
    installation: Installation, submitter: Submitter
) -> None:
    """Attack: a page that is free, or a log, still has what every query says is gone."""
    retain(installation, submitter.case_id)
    manifest = approved(installation, submitter.case_id)
    execute(installation)
    ledgers.batch(installation, COOLED)
    with (installation.folder / "shred.db-journal").open("wb") as file:
        file.write(bytes((1 << 20) - 10) + submitter.case_id.encode() + bytes(10))
    assert certify(installation).residue == 1
    assert certificate_of(installation, manifest) is None
    (installation.folder / "shred.db-journal").unlink()
    assert certify(installation).certified == 1
