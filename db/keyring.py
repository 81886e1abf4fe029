"""Keys: one master key for the installation, one key for every case, wrapped by it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.errors import TuntasError

NONCE_BYTES = 12
KEY_BYTES = 32
CASE_KEY_BYTES = 16
KEY_VERSION = b"\x01"


class SealBrokenError(TuntasError):
    """Sealed bytes cannot be opened: another key, another place, or changed bytes."""


@dataclass(frozen=True)
class CaseSeal:
    """Seals and opens what belongs to one case. `place` binds the bytes to where they lie."""

    _key: bytes

    def seal(self, content: bytes, place: str) -> bytes:
        """Version, nonce and ciphertext (AES-256-GCM); a fresh nonce each time."""
        return _seal(self._key, content, place)

    def open(self, sealed: bytes, place: str) -> bytes:
        """The content. Raises: SealBrokenError."""
        return _open(self._key, sealed, place)


class Keyring:
    """What the master key gives: case seals, and separate secrets for separate purposes."""

    def __init__(self, master_key: bytes) -> None:
        self._master = master_key
        self._secrets: dict[str, bytes] = {}

    def secret(self, purpose: str) -> bytes:
        """A 32-byte secret for one purpose, such as signing cookies; stable for a master key."""
        if purpose not in self._secrets:
            self._secrets[purpose] = self._derived(purpose)
        return self._secrets[purpose]

    def _derived(self, purpose: str) -> bytes:
        info = f"tuntas/{purpose}".encode()
        return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self._master)

    def seal(self, purpose: str) -> CaseSeal:
        """Seals what belongs to no case yet, under a key for one purpose."""
        return CaseSeal(self.secret(purpose))

    @property
    def mark(self) -> str:
        """By which a database recognises its master key, without learning anything of it."""
        return hmac.new(self.secret("mark"), b"tuntas", hashlib.sha256).hexdigest()

    def new_case_key(self, code: str) -> tuple[bytes, CaseSeal]:
        """A fresh key for a case: wrapped, to be stored, and ready for use."""
        key = secrets.token_bytes(KEY_BYTES)
        return _seal(self.secret("wrap"), key, f"report.wrapped_key:{code}"), CaseSeal(key)

    def case_seal(self, wrapped_key: bytes, code: str) -> CaseSeal:
        """The seal of a stored case. Raises: SealBrokenError."""
        return CaseSeal(_open(self.secret("wrap"), wrapped_key, f"report.wrapped_key:{code}"))

    def reporter_key(self, intake_id: str) -> str:
        """The key that opens a case to its reporter, 128 bits in hex.

        Derived from the form's id, so that a form sent twice shows the same receipt. Only its hash is stored.
        """
        digest = hmac.new(self.secret("reporter-key"), intake_id.encode(), hashlib.sha256).digest()
        return digest[:CASE_KEY_BYTES].hex()

    def fingerprint(self, content: str) -> str:
        """Tells two contents apart without giving a thief of the tables anything to guess against."""
        return hmac.new(self.secret("fingerprint"), content.encode(), hashlib.sha256).hexdigest()


def key_hash(key: str) -> str:
    """How a reporter's key is stored; 128 random bits need no slow hash."""
    return hashlib.sha256(b"tuntas-key:" + key.encode()).hexdigest()


def _seal(key: bytes, content: bytes, place: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return KEY_VERSION + nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def _open(key: bytes, sealed: bytes, place: str) -> bytes:
    version, nonce, body = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if version != KEY_VERSION:
        raise SealBrokenError(place)
    try:
        return AESGCM(key).decrypt(nonce, body, place.encode())
    except (InvalidTag, ValueError) as broken:
        raise SealBrokenError(place) from broken
