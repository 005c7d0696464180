"""The files are those of the manifest, and all of one installation."""

from review.audit import bundle
from review.audit.check import Check


class Files(Check):
    """What was exported is what is verified."""

    name = "files"
    holds = "every file is the one that the manifest lists"
    tests = ("RA-01",)

    def end(self) -> None:
        """Every file has been read by now, whole."""
        opened = self.known.bundle
        for number, newest in sorted(self.known.newest.items()):
            alone = opened.small(bundle.ledger_file(number, "checkpoint"))
            if alone != newest.note.to_bytes():
                self.tell(f"ledgers/{number}/checkpoint is not the newest checkpoint of the ledger")
        for name in sorted(set(opened.damaged)):
            self.tell(f"{name} is not the file that the manifest lists: one of them was changed")
