from hypothesis import given
from hypothesis import strategies as st

from crypto.derivation import derive


@given(st.binary(min_size=15, max_size=32), st.binary(max_size=16))
def test_no_two_uses_share_a_value(secret: bytes, salt: bytes) -> None:
    values = {derive(secret, salt, use, 32) for use in ("lookup", "mailbox", "signing", "code")}
    assert len(values) == 4


@given(st.binary(min_size=15, max_size=32))
def test_a_shorter_value_is_the_beginning_of_a_longer_one(secret: bytes) -> None:
    assert derive(secret, b"", "mailbox", 32).startswith(derive(secret, b"", "mailbox", 16))
