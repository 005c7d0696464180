import re

from crypto import errors


def drawn() -> dict[str, str]:
    """Each name of the tree at the top of the module, with the name it hangs from."""
    parents: dict[str, str] = {}
    branch: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.fullmatch(r"((?:│   |    |├── |└── )*)([A-Z]\w+)", line)
        if match:
            depth = len(match[1]) // 4
            branch[depth:] = [match[2]]
            parents[match[2]] = branch[depth - 1] if depth else "Exception"
    return parents


def test_the_tree_is_drawn_as_it_is() -> None:
    classes = {
        name: value
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, Exception)
    }
    assert drawn() == {name: value.__bases__[0].__name__ for name, value in classes.items()}


def test_a_malformed_code_says_what_it_looks_like_and_not_the_code() -> None:
    error = errors.MalformedCode("one character looks wrong", "character")
    assert error.looks_like == "character"
    assert str(error) == "one character looks wrong"


def test_an_unsupported_recipient_names_the_kinds_found() -> None:
    assert errors.UnsupportedRecipient("not read here", ("X25519",)).kinds == ("X25519",)
