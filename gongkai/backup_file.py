"""The file of a backup: a tar archive of manifest, database, files and their digests, or sealed.

A sealed backup is the same archive behind AES-256-GCM: a head with the parameters of scrypt, then
chunks. Each chunk is bound to the head, to its place and to whether it is the last one, so that
none can be changed, dropped, swapped or cut off unseen.
"""

import json
import os
import tarfile
from collections.abc import Mapping
from hashlib import sha256
from io import BufferedReader, BufferedWriter, BytesIO, RawIOBase
from pathlib import Path
from typing import IO, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from gongkai.errors import REFUSED, BadUse, Told

MANIFEST: Final = "manifest.json"
DATABASE: Final = "database"
KEYS: Final = "gongkai.key"
FILES: Final = "files/"
_SUMS: Final = "sha256sums"
_MAGIC: Final = b"gongkai-sealed-backup-1\n"
_HEAD: Final = 512
_CHUNK: Final = 1 << 16
_TAG: Final = 16
_SCRYPT: Final = {"n": 1 << 17, "r": 8, "p": 1}
#: What a head may ask of this machine: a made-up one must not exhaust its memory.
_MOST: Final = {"n": 1 << 20, "r": 16, "p": 4}


class BadBackup(Told):
    """A file that is no backup, or no longer the one that was written."""

    exit_code = REFUSED


def is_sealed(path: Path) -> bool:
    """Whether a backup opens with a passphrase only."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def write(path: Path, members: Mapping[str, Path | bytes], passphrase: str = "") -> None:
    """Write the archive, for its owner only and durable; sealed where a passphrase is given."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        if passphrase:
            with BufferedWriter(_Sealing(file, passphrase), _CHUNK) as sealed:
                _pack(sealed, members)
        else:
            _pack(file, members)
        file.flush()
        os.fsync(file.fileno())


def _pack(file: IO[bytes] | BufferedWriter, members: Mapping[str, Path | bytes]) -> None:
    sums = "".join(f"{digest_of(said)}  {name}\n" for name, said in members.items())
    with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for name, said in {**members, _SUMS: sums.encode()}.items():
            entry = tarfile.TarInfo(name)
            entry.mode = 0o600
            entry.size = len(said) if isinstance(said, bytes) else said.stat().st_size
            with _opened(said) as source:
                archive.addfile(entry, source)


def _opened(said: Path | bytes) -> IO[bytes]:
    return BytesIO(said) if isinstance(said, bytes) else said.open("rb")


def digest_of(said: Path | bytes) -> str:
    """Return the sha256 of bytes or of a file."""
    digest = sha256()
    with _opened(said) as source:
        while block := source.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def unpack(path: Path, into: Path, passphrase: str = "") -> dict[str, Any]:
    """Unpack a backup into an empty folder and return its manifest.

    Raises :class:`BadBackup` where a single byte of it is not as it was written, or where the
    passphrase is not the one it was sealed with.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                file.seek(0)
                return _unpacked(file, into)
            if not passphrase:
                raise BadUse(
                    "这份备份是加密的，请给出口令（--passphrase-file，或者在提示时输入）。"
                )
            return _unpacked(BufferedReader(_Opening(file, passphrase), _CHUNK), into)
    except OSError as error:
        raise BadBackup(f"备份文件 {path} 读不了：{error.strerror or error}。") from error
    except (tarfile.TarError, ValueError, KeyError, EOFError) as error:
        raise BadBackup(f"{path} 不是完整的备份：{error}。请换用另一份备份。") from error


def _unpacked(file: IO[bytes] | BufferedReader, into: Path) -> dict[str, Any]:
    found: dict[str, str] = {}
    with tarfile.open(fileobj=file, mode="r|") as archive:
        for entry in archive:
            found[entry.name] = _take(archive, entry, into)
    while file.read(_CHUNK):  # a sealed one proves its last chunk only when it is read
        pass
    sums = (into / _SUMS).read_text(encoding="ascii") if _SUMS in found else ""
    promised = {line[66:]: line[:64] for line in sums.splitlines()}
    found.pop(_SUMS, None)
    if not promised or promised != found:
        wrong = [name for name in promised if found.get(name) != promised[name]]
        raise ValueError(f"摘要不符（{'、'.join(wrong[:3]) or '缺少摘要'}）")
    manifest: dict[str, Any] = json.loads((into / MANIFEST).read_bytes())
    return manifest


def _take(archive: tarfile.TarFile, entry: tarfile.TarInfo, into: Path) -> str:
    """Write one member out; nothing outside the folder, nothing but plain files."""
    parts = entry.name.split("/")
    source = archive.extractfile(entry) if entry.isreg() else None
    if source is None or not all(parts) or {".", ".."} & set(parts) or "\\" in entry.name:
        raise ValueError(f"有不该有的内容“{entry.name}”")
    target = into.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = sha256()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while block := source.read(1 << 20):
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _cipher(passphrase: str, said: Mapping[str, Any]) -> AESGCM:
    cost = {name: int(said[name]) for name in _SCRYPT}
    if any(not 1 <= cost[name] <= most for name, most in _MOST.items()):
        raise ValueError("加密参数不对")
    derive = Scrypt(salt=bytes.fromhex(said["salt"]), length=32, **cost)
    return AESGCM(derive.derive(passphrase.encode()))


def _nonce(place: int, *, last: bool) -> bytes:
    return place.to_bytes(11) + bytes([last])


class _Sealing(RawIOBase):
    """Seals what is written, chunk by chunk; closing writes the last one."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        said = {**_SCRYPT, "salt": os.urandom(16).hex()}
        self._head = _MAGIC + json.dumps(said).encode().ljust(_HEAD)
        self._cipher = _cipher(passphrase, said)
        self._file, self._left, self._place = file, b"", 0
        file.write(self._head)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 - any buffer
        self._left += bytes(data)
        while len(self._left) > _CHUNK:
            self._put(self._left[:_CHUNK], last=False)
            self._left = self._left[_CHUNK:]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._put(self._left, last=True)
        super().close()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        nonce = _nonce(self._place, last=last)
        self._file.write(self._cipher.encrypt(nonce, chunk, self._head))
        self._place += 1


class _Opening(RawIOBase):
    """Opens a sealed backup chunk by chunk, behind its magic word."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        said = file.read(_HEAD)
        self._head = _MAGIC + said
        self._cipher = _cipher(passphrase, json.loads(said))
        self._file, self._place, self._plain = file, 0, b""
        self._next = file.read(_CHUNK + _TAG)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any buffer
        while not self._plain and self._next:
            self._open()
        size = min(len(buffer), len(self._plain))
        buffer[:size], self._plain = self._plain[:size], self._plain[size:]
        return size

    def _open(self) -> None:
        chunk, self._next = self._next, self._file.read(_CHUNK + _TAG)
        nonce = _nonce(self._place, last=not self._next)
        try:
            self._plain = self._cipher.decrypt(nonce, chunk, self._head)
        except InvalidTag:
            why = "口令不对，或者文件已损坏" if self._place == 0 else "文件已损坏或者不完整"
            raise ValueError(why) from None
        self._place += 1
