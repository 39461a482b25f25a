"""The master key, which wraps the keys of the warehouse: from a file, or on a PKCS#11 token that it never leaves.

Both kinds wrap with AES-256-GCM and write the same form (nonce, 12 bytes; ciphertext; tag, 16 bytes), and a key has the
same id in a file and on a token: a key that was imported to a token can still be opened from its copy on paper. GCM and
not AES key wrap with padding (RFC 5649): it binds the wrapped secret to its place, tokens offer it as plain encryption,
and what one maker calls CKM_AES_KEY_WRAP_PAD is another maker's CKM_AES_KEY_WRAP_KWP (docs/adr/0010-encryption.md).
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final, Protocol, runtime_checkable

import pkcs11
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dossier.errors import MasterKeyMissing

_NONCE: Final = 12
_KEY_BYTES: Final = 32
_CHECKED: Final = b"sohoa master key"
"""One block of AES; its encryption tells keys apart and gives nothing away."""

_PIN_REFUSED: Final = (
    pkcs11.PinIncorrect,
    pkcs11.PinInvalid,
    pkcs11.PinLenRange,
    pkcs11.PinExpired,
    pkcs11.PinLocked,
)
_SESSION_LOST: Final = (
    pkcs11.SessionHandleInvalid,
    pkcs11.SessionClosed,
    pkcs11.DeviceError,
    pkcs11.DeviceRemoved,
    pkcs11.TokenNotPresent,
    pkcs11.UserNotLoggedIn,
    pkcs11.NoSuchKey,  # without login a token shows no private key
)
"""A token that was pulled out, or a login that ended: the next act logs in again."""


@runtime_checkable
class MasterKey(Protocol):
    """Wraps small secrets; every verb raises `MasterKeyMissing` when the key cannot do it."""

    id: str
    """16 hexadecimal letters that name the key and do not give it away."""

    def wrap(self, secret: bytes, place: bytes) -> bytes:
        """Encrypt a secret, bound to the name of the place where it will lie."""

    def unwrap(self, wrapped: bytes, place: bytes) -> bytes:
        """Give the secret back; another key, another place or a changed byte raises."""


@dataclass(frozen=True, slots=True)
class TokenKey:
    """Where an AES-256 key lies on a PKCS#11 token."""

    module: Path
    """The maker's PKCS#11 library."""
    token: str
    """Label of the token."""
    label: str
    """Label of the key."""
    pin: str = field(repr=False)
    pin_refused: Path
    """File that remembers a refused PIN: tokens lock for good after a few, and every new process would try it again."""


def open_master_key(key: str, token: TokenKey | None = None) -> MasterKey:
    """Open the master key: the one that is written out, else the one on the token.

    Args:
        key: 64 hexadecimal letters; may be empty where a token is named.
        token: where the key lies otherwise.

    Raises:
        MasterKeyMissing: neither is there, or it cannot be opened.
    """
    if key:
        return FileMasterKey(key)
    if token is None:
        raise MasterKeyMissing("neither master_key nor master_key_module is set")
    return TokenMasterKey(token)


class FileMasterKey:
    """A master key that is written in a secret file of the owner."""

    def __init__(self, letters: str) -> None:
        """Take a key of 64 hexadecimal letters.

        Raises:
            MasterKeyMissing: it has another form, a file that was cut off for example.
        """
        if not re.fullmatch(r"[0-9A-Fa-f]{64}", letters.strip()):
            raise MasterKeyMissing("master_key is not 64 hexadecimal letters")
        key = bytes.fromhex(letters.strip())
        block = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).encryptor()
        self.id = _id_of(block.update(_CHECKED) + block.finalize())
        self._aes = AESGCM(key)

    def wrap(self, secret: bytes, place: bytes) -> bytes:
        """Encrypt a secret, see `MasterKey.wrap`."""
        nonce = os.urandom(_NONCE)
        return nonce + self._aes.encrypt(nonce, secret, place)

    def unwrap(self, wrapped: bytes, place: bytes) -> bytes:
        """Give the secret back, see `MasterKey.unwrap`."""
        try:
            return self._aes.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], place)
        except (InvalidTag, ValueError) as error:
            raise MasterKeyMissing(f"master key {self.id} does not open it") from error


@runtime_checkable
class _TokenAes(Protocol):
    """A key of the token that may do both; the library gives a key only the verbs that its attributes allow."""

    def encrypt(self, data: bytes, **how: object) -> bytes: ...

    def decrypt(self, data: bytes, **how: object) -> bytes: ...


class TokenMasterKey:
    """A master key on a PKCS#11 token: the token wraps and unwraps, the key stays where it is."""

    def __init__(self, at: TokenKey) -> None:
        """Log in, or use the login that this process has, and find the key.

        Raises:
            MasterKeyMissing: module, token, PIN or key is not as named. A refused PIN is never tried again.
        """
        self._at = at
        block = self._with_key(
            lambda key: key.encrypt(_CHECKED, mechanism=pkcs11.Mechanism.AES_CBC, mechanism_param=bytes(16))
        )
        self.id = _id_of(block)

    def wrap(self, secret: bytes, place: bytes) -> bytes:
        """Encrypt a secret on the token, see `MasterKey.wrap`."""
        nonce = os.urandom(_NONCE)
        return nonce + self._with_key(lambda key: key.encrypt(secret, **_gcm(nonce, place)))

    def unwrap(self, wrapped: bytes, place: bytes) -> bytes:
        """Give the secret back, see `MasterKey.unwrap`."""
        return self._with_key(lambda key: key.decrypt(wrapped[_NONCE:], **_gcm(wrapped[:_NONCE], place)))

    def _with_key(self, act: Callable[[_TokenAes], bytes]) -> bytes:
        with _errors_of(self._at), _ONE_AT_A_TIME:
            session = _session(self._at)
            key = session.get_key(pkcs11.ObjectClass.SECRET_KEY, pkcs11.KeyType.AES, self._at.label)
            if key.key_length != _KEY_BYTES * 8:
                raise MasterKeyMissing(f"the key on the token has {key.key_length} bits, not 256")
            if not isinstance(key, _TokenAes):
                raise MasterKeyMissing("the key on the token may not encrypt and decrypt")
            return bytes(act(key))


_ONE_AT_A_TIME: Final = Lock()  # a session does one thing at a time
_SESSIONS: Final[dict[tuple[Path, str], pkcs11.Session]] = {}
"""One for each token and process: a second login answers UserAlreadyLoggedIn."""


def _session(at: TokenKey) -> pkcs11.Session:
    known = _SESSIONS.get((at.module, at.token))
    if known is None:
        token = pkcs11.lib(str(at.module)).get_token(token_label=at.token)
        known = _SESSIONS[at.module, at.token] = _logged_in(token, at)
    return known


def _logged_in(token: pkcs11.Token, at: TokenKey) -> pkcs11.Session:
    """Log in once: the file is locked meanwhile, so that processes that start together do not all try a wrong PIN."""
    with at.pin_refused.open("a+", encoding="utf-8") as note:
        fcntl.flock(note, fcntl.LOCK_EX)
        if note.tell():
            raise MasterKeyMissing(
                f"the token refused the PIN before; correct it, then delete the file {at.pin_refused.name}"
            )
        try:
            return token.open(user_pin=at.pin)
        except pkcs11.UserAlreadyLoggedIn:
            return token.open()  # somebody else in this process logged in; every session of a process shares that
        except _PIN_REFUSED as error:
            note.write(f"{datetime.now(UTC).isoformat()} {type(error).__name__}\n")
            raise


@contextmanager
def _errors_of(at: TokenKey) -> Iterator[None]:
    try:
        yield
    except pkcs11.PKCS11Error as error:
        if isinstance(error, _SESSION_LOST):
            _SESSIONS.pop((at.module, at.token), None)  # not closed: that would log everybody of this process out
        raise MasterKeyMissing(f"token: {type(error).__name__}") from error
    except OSError as error:
        raise MasterKeyMissing(f"{at.pin_refused.name}: {error.strerror}") from error


def _gcm(nonce: bytes, place: bytes) -> dict[str, object]:
    return {"mechanism": pkcs11.Mechanism.AES_GCM, "mechanism_param": pkcs11.GCMParams(nonce, aad=place)}


def _id_of(block: bytes) -> str:
    return sha256(b"sohoa master key id\0" + block).hexdigest()[:16]
