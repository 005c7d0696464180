"""Passkeys as WebAuthn has them: what a browser is asked for, and whether its answer counts.

User verification is required and the credential must be one that the authenticator finds by itself,
so that nobody types a name first. Attestation is not asked for: which make somebody's passkey is of
is no business of ours. What a browser sends is bytes from outside, read by py_webauthn; whatever
that stumbles over is the same refusal.
"""

import base64
import functools
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    bytes_to_base64url,
    encode_cbor,
    options_to_json_dict,
    parse_attestation_object,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from review.challenges import LIFE_SECONDS
from review.errors import WrongSignIn
from review.store.passkeys import Passkey

LARGEST = 16 * 1024
_LARGEST_ID = 1023
# Ed25519, P-256 and RSA with SHA-256: what authenticators make, the better ones first.
_ALGORITHMS = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
# A statement of the authenticator's maker would be read by a parser for each; none was asked for.
_FORMATS = ("none", "packed")
_STUMBLES = (WebAuthnException, ValueError, TypeError, LookupError, AttributeError, OverflowError)


@dataclass(frozen=True)
class Party:
    """For whom passkeys are made: the console at this address, and its committee."""

    origin: str
    committee: str
    installation: str

    @property
    def id(self) -> str:
        """The host alone, by which authenticators know us."""
        return urlsplit(self.origin).hostname or ""

    def handle(self, person_id: str) -> bytes:
        """What an authenticator keeps to tell people apart; it says nothing of who they are."""
        said = f"underrose/v1/passkey\n{self.installation}\n{person_id}"
        return hashlib.sha256(said.encode()).digest()


@dataclass(frozen=True)
class Made:
    """A passkey that a browser has just made."""

    credential: str = field(repr=False)
    public_key: bytes = field(repr=False)
    sign_count: int


@dataclass(frozen=True)
class Answer:
    """What a browser answered, read far enough to know which passkey and challenge it is of."""

    credential: str = field(repr=False)
    challenge: bytes = field(repr=False)
    handle: bytes | None = field(repr=False)
    fields: dict[str, Any] = field(repr=False)


def wanted_to_add(
    party: Party,
    person: tuple[str, str, str],
    challenge: bytes,
    known: Sequence[Passkey],
) -> dict[str, Any]:
    """What a browser is asked for a new passkey; person is id, user name and name."""
    person_id, username, name = person
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=party.committee,
        user_id=party.handle(person_id),
        user_name=username,
        user_display_name=name,
        challenge=challenge,
        timeout=LIFE_SECONDS * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(known),
        supported_pub_key_algs=_ALGORITHMS,
    )
    return options_to_json_dict(options)


def wanted_to_show(party: Party, challenge: bytes, known: Sequence[Passkey] = ()) -> dict[str, Any]:
    """What a browser is asked to show: one of these passkeys, or any that it finds."""
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=LIFE_SECONDS * 1000,
        allow_credentials=_descriptors(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def read_new(text: str) -> Answer:
    """A browser's answer to wanted_to_add(). Raises WrongSignIn."""
    fields = _fields(text)
    try:
        read = parse_registration_credential_json(fields)
        told = parse_client_data_json(read.response.client_data_json)
        made_by = parse_attestation_object(read.response.attestation_object).fmt
    except _STUMBLES:
        raise WrongSignIn("not a new passkey") from None
    if made_by not in _FORMATS:
        raise WrongSignIn("a passkey with a statement that was not asked for")
    return Answer(bytes_to_base64url(read.raw_id), told.challenge, None, fields)


def read_shown(text: str) -> Answer:
    """A browser's answer to wanted_to_show(). Raises WrongSignIn."""
    fields = _fields(text)
    try:
        read = parse_authentication_credential_json(fields)
        told = parse_client_data_json(read.response.client_data_json)
    except _STUMBLES:
        raise WrongSignIn("not a passkey's answer") from None
    handle = read.response.user_handle
    return Answer(bytes_to_base64url(read.raw_id), told.challenge, handle, fields)


def check_new(party: Party, answer: Answer) -> Made:
    """The passkey that was made, if it was made for us. Raises WrongSignIn."""
    try:
        made = verify_registration_response(
            credential=answer.fields,
            expected_challenge=answer.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
    except _STUMBLES:
        raise WrongSignIn("the new passkey does not check") from None
    if not 0 < len(made.credential_id) <= _LARGEST_ID:
        raise WrongSignIn("the new passkey's name is too long")
    credential = bytes_to_base64url(made.credential_id)
    if credential != answer.credential:
        raise WrongSignIn("the new passkey has two names")
    return Made(credential, made.credential_public_key, made.sign_count)


def check_shown(party: Party, answer: Answer, passkey: Passkey | None) -> int:
    """The passkey's new counter, if this is its answer. Raises WrongSignIn.

    Without a passkey another key is checked instead, which fits nothing, so that the work does not
    tell which passkeys there are. What the counter says is for the caller: is_copy().
    """
    public_key = _other_key() if passkey is None else passkey.public_key
    try:
        shown = verify_authentication_response(
            credential=answer.fields,
            expected_challenge=answer.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except _STUMBLES:
        raise WrongSignIn("the passkey's answer does not check") from None
    if passkey is None:
        raise WrongSignIn("nobody has this passkey")
    if answer.handle is not None and answer.handle != party.handle(passkey.person_id):
        raise WrongSignIn("the passkey was made for somebody else")
    return shown.new_sign_count


def is_copy(passkey: Passkey, sign_count: int) -> bool:
    """Whether a counter says that two authenticators hold this passkey.

    A counter that stands at 0 for ever is none. Any other goes up with each use: one that does not
    was used elsewhere, or is a copy from before (Web Authentication, signature counters).
    """
    counts = passkey.sign_count > 0 or sign_count > 0
    return counts and sign_count <= passkey.sign_count


def _fields(text: str) -> dict[str, Any]:
    if len(text) > LARGEST:
        raise WrongSignIn("larger than any passkey's answer")
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise WrongSignIn("not what a browser sends for a passkey")
    return fields


def _descriptors(known: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    names = (base64.urlsafe_b64decode(each.credential + "===") for each in known)
    return [PublicKeyCredentialDescriptor(id=name) for name in names]


@functools.cache
def _other_key() -> bytes:
    """A public key whose private half is nowhere."""
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    x, y = (each.to_bytes(32, "big") for each in (numbers.x, numbers.y))
    return encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
