"""What was refused of an export, collected instead of raised: one bad file stops no other."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from crypto.errors import CryptoError


@dataclass(frozen=True)
class Complaint:
    """One thing of an export that was refused or is missing; neither text holds content."""

    where: str
    what: str

    def __str__(self) -> str:
        # Names in an archive are chosen by whoever made it, and may end up on a terminal.
        where = "".join(c if c.isprintable() else "?" for c in self.where)
        return f"{where}: {self.what}"


class Complaints(list[Complaint]):
    """The complaints about one export, in the order in which they came up."""

    def add(self, where: str, what: str) -> None:
        """Note what is wrong, once."""
        complaint = Complaint(where, what)
        if complaint not in self:
            self.append(complaint)

    @contextmanager
    def about(self, where: str) -> Iterator[None]:
        """Turn the refusal of what is read in this context into a complaint."""
        try:
            yield
        except CryptoError as refused:
            self.add(where, str(refused))
