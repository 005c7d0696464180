"""Opening the parts of one exported case: grants, then messages, then the files they name.

What does not open or does not check is left out with a complaint, and stops nothing else.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from crypto import age
from crypto.archive import Archive, Case
from crypto.case import case_id, grant_size, open_grant
from crypto.complaints import Complaints
from crypto.errors import InvalidSignature, WrongIdentity, WrongPlace
from crypto.identity import Identity
from crypto.keying import open_link
from crypto.message import Attachment, Message, envelope_sizes, open_envelope
from crypto.padding import SLICE
from crypto.stanza import Stanza, Unwraps

LARGEST_GRANT = grant_size(100)
LARGEST_ENVELOPE = max(envelope_sizes())
LARGEST_SLICE = age.sealed_size(SLICE)
LARGEST_FILE = max(LARGEST_GRANT, LARGEST_ENVELOPE, LARGEST_SLICE)


class Ring:
    """Several identities in the place of one."""

    def __init__(self, identities: Sequence[Unwraps]) -> None:
        self._identities = identities

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key that the first of them to have one finds."""
        found = (identity.unwrap(stanzas) for identity in self._identities)
        return next((file_key for file_key in found if file_key is not None), None)


def seeds_of(archive: Archive, case: Case, ring: Ring, complaints: Complaints) -> dict[int, bytes]:
    """The case seed of every generation that the ring was granted."""
    if not case.grants:
        complaints.add(f"cases/{case.id}", "there is no grant in it")
    seeds = {}
    for generation, name in sorted(case.grants.items()):
        with complaints.about(name):
            try:
                seed = open_grant(archive.read(name, LARGEST_GRANT), ring)
            except WrongIdentity:
                continue
            first = case_id(Identity.from_seed(seed).recipient.text)
            if generation == 1 and first != case.id:
                raise WrongPlace("the grant is another case's")
            seeds[generation] = seed
    _follow_links(archive, case, seeds, complaints)
    return dict(sorted(seeds.items()))


def _follow_links(
    archive: Archive, case: Case, seeds: dict[int, bytes], complaints: Complaints
) -> None:
    """Find the seeds of generations before those that were granted; a link leads back by one."""
    for generation, name in sorted(case.links.items(), reverse=True):
        if generation not in seeds or generation - 1 in seeds:
            continue
        with complaints.about(name):
            link = archive.read(name, LARGEST_GRANT)
            before = open_link(link, Identity.from_seed(seeds[generation]))
            first = case_id(Identity.from_seed(before).recipient.text)
            if generation == 2 and first != case.id:
                raise WrongPlace("the link leads to another case")
            seeds[generation - 1] = before


def seeds_back(newest: bytes, generation: int, link: Callable[[int], bytes]) -> dict[int, bytes]:
    """The seed of each generation up to this one, found from its own; link gives their links.

    Raises what open_link raises.
    """
    seeds = {generation: newest}
    for each in range(generation, 1, -1):
        seeds[each - 1] = open_link(link(each), Identity.from_seed(seeds[each]))
    return dict(sorted(seeds.items()))


class Reading:
    """One case being read with its seeds by generation."""

    def __init__(
        self, archive: Archive, case: Case, seeds: Mapping[int, bytes], complaints: Complaints
    ) -> None:
        self.archive = archive
        self.case = case
        self.seeds = seeds
        self.complaints = complaints
        self.closed = 0
        self._ring = Ring([Identity.from_seed(seed) for seed in seeds.values()])
        self._complete = len(seeds) == len(case.grants)
        self._digests: dict[str, dict[int, bytes]] = {}

    def messages(self) -> dict[str, Message]:
        """The messages of this case that open, by name and in order; closed counts the others."""
        found = {}
        for name, path in self.case.envelopes_in_order():
            with self.complaints.about(path):
                try:
                    message = open_envelope(self.archive.read(path, LARGEST_ENVELOPE), self._ring)
                except WrongIdentity:
                    if self._complete:
                        raise
                    self.closed += 1
                    continue
                self._check(name, message)
                found[name] = message
        return found

    def _check(self, name: str, message: Message) -> None:
        if message.kind != name.partition("-")[2]:
            raise WrongPlace("the message is of another kind than its name says")
        if message.place.case != self.case.id:
            raise WrongPlace("the message belongs to another case")
        if message.kind == "submission":
            # A later generation begins with no submission, so only the first seed will do.
            if 1 not in self.seeds:
                raise InvalidSignature("the first grant, which the submission needs, is not there")
            message.check_case(self.seeds[1])

    def attachments(
        self, name: str, message: Message
    ) -> Iterator[tuple[Attachment, Iterator[bytes]]]:
        """Each file of a message that is there with its content, whose last piece proves it."""
        for number, each in enumerate(message.attachments, 1):
            upload = next((u for u in sorted(self.case.uploads) if self._holds(u, each)), None)
            if upload is None:
                where = f"cases/{self.case.id}/envelopes/{name}.age"
                what = f"attachment {number} of the message is missing or damaged"
                self.complaints.add(where, what)
                continue
            paths = self.case.uploads[upload]
            slices = (self._slice(paths[each.first + index]) for index in range(each.count))
            yield each, each.content(slices)

    def _holds(self, upload: str, attachment: Attachment) -> bool:
        """Whether an upload has the slices that an attachment names.

        The export does not say which upload is whose, and would not be believed: the digest in
        the message does.
        """
        if upload not in self._digests:
            self._digests[upload] = self._digest_all(upload)
        digests = self._digests[upload]
        digest = hashlib.sha256()
        for index in range(attachment.first, attachment.first + attachment.count):
            if index not in digests:
                return False
            digest.update(digests[index])
        return digest.hexdigest() == attachment.sha256

    def _digest_all(self, upload: str) -> dict[int, bytes]:
        """The digest of every slice that opens."""
        digests = {}
        for index, path in self.case.uploads[upload].items():
            with self.complaints.about(path):
                try:
                    digests[index] = hashlib.sha256(self._slice(path)).digest()
                except WrongIdentity:
                    if self._complete:
                        raise
        return digests

    def _slice(self, path: str) -> bytes:
        return age.open_sealed(self.archive.read(path, LARGEST_SLICE), [self._ring])
