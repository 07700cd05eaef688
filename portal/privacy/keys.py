"""The key ring: versioned keys from FIELD_KEYS, authenticated encryption, keyed blind indexes.

A sealed value is  scheme (1 byte) · key version (1 byte) · IV (12) · ciphertext · tag (16).
The highest version encrypts; every version listed still decrypts; the lowest makes the blind indexes, so that adding a
key changes no index (`rotate_field_keys --retire` moves the indexes before an old key is taken out of the list).
"""

import base64
import binascii
import hmac
import os
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

IV_BYTES, TAG_BYTES, KEY_BYTES = 12, 16, 32
AES, SM4 = 1, 2
SCHEMES = {"aes-256-gcm": AES, "sm4-gcm": SM4}
_ALGORITHMS = {AES: (algorithms.AES, 32), SM4: (algorithms.SM4, 16)}


class CannotOpen(Exception):
    """A sealed value was altered, belongs to another row, or its key is no longer listed."""


@dataclass(frozen=True)
class KeyRing:
    """Master keys (32 bytes) by version 1–255, and the scheme that new values are sealed with."""

    masters: dict[int, bytes]
    scheme: int

    def __hash__(self) -> int:
        return hash((tuple(sorted(self.masters.items())), self.scheme))

    @property
    def newest(self) -> int:
        return max(self.masters)

    @property
    def indexing(self) -> int:
        return min(self.masters)

    def seal(self, text: str, bound_to: str) -> bytes:
        """Encrypts under the newest key; `bound_to` names the place, and only there can the value be opened."""
        iv = os.urandom(IV_BYTES)
        head = bytes([self.scheme, self.newest])
        encryptor = _cipher(self, self.scheme, self.newest, modes.GCM(iv)).encryptor()
        encryptor.authenticate_additional_data(head + bound_to.encode())
        sealed = encryptor.update(text.encode()) + encryptor.finalize()
        return head + iv + sealed + encryptor.tag

    def open(self, sealed: bytes, bound_to: str) -> str:
        """The text of a sealed value. Raises CannotOpen."""
        head, iv, body, tag = (
            sealed[:2],
            sealed[2 : 2 + IV_BYTES],
            sealed[2 + IV_BYTES : -TAG_BYTES],
            sealed[-TAG_BYTES:],
        )
        if len(sealed) < 2 + IV_BYTES + TAG_BYTES or head[0] not in _ALGORITHMS or head[1] not in self.masters:
            raise CannotOpen("not a sealed value, or its key is not listed in FIELD_KEYS")
        decryptor = _cipher(self, head[0], head[1], modes.GCM(iv, tag)).decryptor()
        decryptor.authenticate_additional_data(head + bound_to.encode())
        try:
            return (decryptor.update(body) + decryptor.finalize()).decode()
        except InvalidTag:
            raise CannotOpen("altered, or moved here from another row") from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether a sealed value uses the newest key and the scheme now in force."""
        return sealed[:2] == bytes([self.scheme, self.newest])

    def index(self, value: str, purpose: str, version: int | None = None) -> str:
        """HMAC-SHA-256 (64 hex) of the normalised value: equal values of one purpose have equal indexes."""
        key = _derived(self.masters[version or self.indexing], f"blind-index:{purpose}", 32)
        return hmac.new(key, normalised(value).encode(), "sha256").hexdigest()


def normalised(value: str) -> str:
    """What counts as the same number: full-width digits, spaces, dashes and letter case make no difference."""
    return "".join(unicodedata.normalize("NFKC", value).split()).replace("-", "").upper()


def blind_index(value: str, purpose: str) -> str:
    """The keyed index of a number, for uniqueness and look-up without decrypting. '' has none and raises ValueError."""
    if not normalised(value):
        raise ValueError("an empty value has no index")
    return key_ring().index(value, purpose)


def key_ring() -> KeyRing:
    """The ring of the settings FIELD_KEYS ("1:base64,2:base64") and FIELD_CIPHER. Raises ImproperlyConfigured."""
    return _parsed(settings.FIELD_KEYS, settings.FIELD_CIPHER)


@lru_cache(maxsize=8)
def _parsed(text: str, cipher: str) -> KeyRing:
    masters: dict[int, bytes] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        version, _, encoded = entry.partition(":")
        try:
            number, key = int(version), base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error):
            raise ImproperlyConfigured("FIELD_KEYS must read 1:base64key,2:base64key") from None
        if not 1 <= number <= 255 or number in masters or len(key) != KEY_BYTES:
            raise ImproperlyConfigured(f"FIELD_KEYS version {version}: 1–255, listed once, {KEY_BYTES} bytes of key")
        masters[number] = key
    if not masters:
        raise ImproperlyConfigured("FIELD_KEYS lists no key")
    if cipher not in SCHEMES:
        raise ImproperlyConfigured(f"FIELD_CIPHER must be one of {', '.join(SCHEMES)}")
    return KeyRing(masters, SCHEMES[cipher])


def _cipher(ring: KeyRing, scheme: int, version: int, mode: modes.GCM) -> Cipher:
    algorithm, size = _ALGORITHMS[scheme]
    return Cipher(algorithm(_derived(ring.masters[version], f"field:{scheme}", size)), mode)


@lru_cache(maxsize=64)
def _derived(master: bytes, use: str, size: int) -> bytes:
    """One key per use, so that an index key never encrypts."""
    return HKDF(hashes.SHA256(), size, salt=None, info=use.encode()).derive(master)
