"""The charter stands on the standard library and on the business days, and on nothing else."""

import sys

import pytest

from tests.test_layers import imports, modules

ALLOWED = ("review", "review.charter", "review.workdays")


@pytest.mark.parametrize("module", modules("review.charter"))
def test_a_module_of_the_charter_imports_nothing_strange(module: str) -> None:
    strange = {
        name
        for name in imports(module)
        if name.split(".")[0] not in sys.stdlib_module_names
        and name not in ALLOWED
        and not name.startswith(("review.charter.", "review.workdays."))
    }
    assert strange == set()


def test_business_days_need_one_library() -> None:
    strange = {n for n in imports("review.workdays") if n not in sys.stdlib_module_names}
    assert strange <= {"holidays", "collections.abc", "review.spans"}
