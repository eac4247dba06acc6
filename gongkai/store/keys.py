"""The keys that seal personal data (AES-256-GCM), kept in a file outside the database."""

import hmac
import json
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gongkai.store.failures import StoreError
from gongkai.store.files import whole

_NONCE: Final = 12
_KEY: Final = 32
_OTHERS: Final = 0o077


class KeyTrouble(StoreError):
    """A key is missing, or what it should open was changed."""


class Sealed(NamedTuple):
    """Sealed bytes, and the id of the key that opens them."""

    key: str
    sealed: bytes


#: What tells one version of the file from the next: which file, written when, how long.
_Looks = tuple[int, int, int]


class _Held(NamedTuple):
    """The keys as they were last read; ``seen`` is what the file looked like then."""

    current: str
    keys: Mapping[str, bytes]
    seen: _Looks | None
    ciphers: dict[str, AESGCM]


class KeyRing:
    """Keys by id. The current one seals; older ones still open until everything is sealed anew.

    A ring that was read from a file looks there again when a transaction begins, when it ends and
    when it meets a key it does not know: keys may be changed while other processes work.
    """

    def __init__(
        self,
        current: str,
        keys: Mapping[str, bytes],
        path: Path | None = None,
        seen: _Looks | None = None,
    ) -> None:
        self.path: Final = path
        self._held = _Held(current, dict(keys), seen, {})

    @classmethod
    def ephemeral(cls) -> "KeyRing":
        """Return a ring for a database that does not outlive this process."""
        return cls("memory", {"memory": secrets.token_bytes(_KEY)})

    @property
    def current(self) -> str:
        """The id of the key that seals."""
        return self._held.current

    @property
    def keys(self) -> Mapping[str, bytes]:
        """Every key by its id."""
        return self._held.keys

    def refresh(self) -> str:
        """Read the file again where it has changed; return the id of the key that seals."""
        if self.path is not None and _looks(self.path) != self._held.seen:
            self._held = read_keys(self.path)._held  # noqa: SLF001 - its own class
        return self._held.current

    def seal(self, plain: bytes, place: str) -> Sealed:
        """Seal ``plain``; it opens at the same ``place`` only, so that rows cannot be swapped."""
        nonce, held = os.urandom(_NONCE), self._held
        cipher = _cipher(held, held.current)
        return Sealed(held.current, nonce + cipher.encrypt(nonce, plain, place.encode()))

    def open(self, key: str, sealed: bytes, place: str) -> bytes:
        """Open what was sealed with ``key`` at ``place``. Raises :class:`KeyTrouble`."""
        cipher = _cipher(self._with(key), key)
        try:
            return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
        except (InvalidTag, ValueError):
            raise KeyTrouble(
                f"加密内容（{place}）打不开：内容被改动过，或者密钥文件不是原来的那一份。"
            ) from None

    def token(self, key: str, name: str, value: str) -> str:
        """Return the keyed digest by which a value of a field is found without being readable."""
        own = hmac.digest(self._with(key).keys[key], b"gongkai blind index", sha256)
        return hmac.digest(own, f"{name}\0{value}".encode(), sha256).hex()

    def _with(self, key: str) -> _Held:
        """Return the keys with ``key`` among them."""
        if key not in self._held.keys:
            self.refresh()
        held = self._held
        if key not in held.keys:
            raise KeyTrouble(
                f"密钥文件里没有密钥“{key}”，加密的个人信息打不开。请恢复备份的密钥文件。"
            )
        return held


def _cipher(held: _Held, key: str) -> AESGCM:
    found = held.ciphers.get(key)
    if found is None:
        found = held.ciphers[key] = AESGCM(held.keys[key])
    return found


def _looks(path: Path) -> _Looks | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def new_ring() -> KeyRing:
    """Return a ring with one new key."""
    return with_new_key(KeyRing("", {}))


def with_new_key(ring: KeyRing) -> KeyRing:
    """Return ``ring`` with a new current key; the old ones still open."""
    name = f"k-{secrets.token_hex(8)}"
    return KeyRing(name, {**ring.keys, name: secrets.token_bytes(_KEY)}, ring.path)


def without_old_keys(ring: KeyRing) -> KeyRing:
    """Return ``ring`` with its current key alone."""
    return KeyRing(ring.current, {ring.current: ring.keys[ring.current]}, ring.path)


def write_keys(path: Path, ring: KeyRing, *, replace: bool = False) -> None:
    """Write the key file, for its owner only; whole or not at all, and durable."""
    path.parent.mkdir(parents=True, exist_ok=True)
    said = {
        "format": "gongkai-keys-1",
        "current": ring.current,
        "keys": {name: b64encode(key).decode() for name, key in ring.keys.items()},
    }
    try:
        with whole(path, replace=replace) as file:
            file.write(json.dumps(said, indent=2).encode())
    except FileExistsError:
        raise KeyTrouble(f"密钥文件 {path} 已经存在，没有改动。") from None


def read_keys(path: Path) -> KeyRing:
    """Read the key file; :class:`KeyTrouble` where it is missing, open to others or damaged."""
    seen = _looks(path)
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise KeyTrouble(
            f"没有密钥文件 {path}，个人信息打不开。请放回备份的密钥文件；"
            "新装系统请运行 gongkai init。"
        ) from None
    except OSError as error:
        raise KeyTrouble(f"密钥文件 {path} 读不了：{error.strerror}。") from error
    if os.name == "posix" and mode & _OTHERS:
        raise KeyTrouble(f"密钥文件 {path} 其他用户也能读。请运行 chmod 600 {path} 后再试。")
    try:
        said: Any = json.loads(text)
        keys = {name: b64decode(word, validate=True) for name, word in said["keys"].items()}
        ring = KeyRing(said["current"], keys, path, seen)
    except (ValueError, KeyError, TypeError, AttributeError):
        ring = KeyRing("", {})
    if ring.current not in ring.keys or any(len(key) != _KEY for key in ring.keys.values()):
        raise KeyTrouble(f"密钥文件 {path} 已损坏。请放回备份的密钥文件。")
    return ring
