"""The key database. docs/formats.md, "Keys"."""

import re
import uuid
from pathlib import Path

from aes_gcm import AesGcm, Unauthentic
from folder import rows_of
from report import Area

WRAPPED_OCTETS = 1 + 12 + 32 + 16


class Unusable(Exception):
    """A wrapped key that cannot be opened; the text says why."""


def unwrap(wrapping: AesGcm, wrapped: object, associated: bytes) -> bytes:
    """`0x01` ‖ nonce ‖ AES-256-GCM(wrapping key, nonce, 32 octets) ‖ tag."""
    if not isinstance(wrapped, bytes) or len(wrapped) != WRAPPED_OCTETS:
        raise Unusable(f"a wrapped key has {WRAPPED_OCTETS} octets")
    if wrapped[0] != 1:
        raise Unusable(f"a wrapped key begins with 01, not {wrapped[0]:02x}")
    try:
        return wrapping.open(wrapped[1:13], wrapped[13:], associated)
    except Unauthentic as reason:
        raise Unusable(f"the wrapped key does not open: {reason}") from None


def wrap(wrapping: AesGcm, nonce: bytes, key: bytes, associated: bytes) -> bytes:
    return b"\x01" + nonce + wrapping.seal(nonce, key, associated)


class Keys:
    """Every key of the data folder, unwrapped."""

    def __init__(self, data: Path, root_key_file: Path, area: Area) -> None:
        self._keys: dict[str, bytes] = {}
        self._ciphers: dict[str, AesGcm] = {}
        self.destroyed: set[str] = set()
        self.names: set[str] = set()
        self.frame_rows: dict[tuple[bytes, bytes], bytes] = {}
        self.broken_frame_rows: set[tuple[bytes, bytes]] = set()
        self.log_position: int | None = None
        self.epoch = 1
        root = self._root(root_key_file, area)
        if root is not None:
            self._read(data, AesGcm(root), area)

    def cipher(self, name: str) -> AesGcm | None:
        """The key's cipher; None where the key is destroyed, unknown or did not open."""
        if name not in self._ciphers and name in self._keys:
            self._ciphers[name] = AesGcm(self._keys[name])
        return self._ciphers.get(name)

    def secret(self, name: str) -> bytes | None:
        return self._keys.get(name)

    def _root(self, path: Path, area: Area) -> bytes | None:
        """32 octets as 64 hex digits and a newline."""
        place = f"keys/{path.name}"
        try:
            text = path.read_bytes()
        except OSError as reason:
            area.fault(place, f"cannot be read: {reason.strerror}")
            return None
        if not area.expect(
            re.fullmatch(rb"[0-9a-f]{64}\n", text) is not None, place, "not 64 hex digits and a newline"
        ):
            return None
        return bytes.fromhex(text.decode())

    def _read(self, data: Path, root: AesGcm, area: Area) -> None:
        database = "keys/keys.sqlite"
        meta = dict(rows_of(data, database, "SELECT name, value FROM meta", area))
        try:
            check = unwrap(root, meta.get("check"), b"check")
            area.expect(check == bytes(32), f"{database} meta check", "not 32 zero octets")
        except Unusable as reason:
            area.fault(f"{database} meta check", f"{reason} (another root key?)")
        position = meta.get("log-position")
        if position is not None and area.expect(
            isinstance(position, (int, float)) and position == int(position),
            f"{database} meta log-position",
            f"not an integer: {position!r}",
        ):
            self.log_position = int(position)
        epoch = meta.get("epoch", 1)
        if area.expect(isinstance(epoch, (int, float)) and epoch >= 1, f"{database} meta epoch", f"{epoch!r}"):
            self.epoch = int(epoch)
        for name, wrapped, made_at, destroyed_at in rows_of(
            data, database, "SELECT name, wrapped, made_at, destroyed_at FROM keys ORDER BY made_at, name", area
        ):
            self._key_row(root, f"{database} key {name}", name, wrapped, made_at, destroyed_at, area)
        for frame, message, wrapped in rows_of(
            data, database, "SELECT frame, message, wrapped FROM frame_keys ORDER BY frame, message", area
        ):
            self._frame_row(database, frame, message, wrapped, area)

    def _key_row(
        self, root: AesGcm, place: str, name: object, wrapped: object, made_at: object, destroyed_at: object, area: Area
    ) -> None:
        if not area.expect(isinstance(name, str), place, "the name is not text"):
            return
        self.names.add(name)
        area.expect(isinstance(made_at, int), place, "made_at is not an integer")
        if wrapped is None or destroyed_at is not None:
            area.expect(wrapped is None, place, "destroyed and still wrapped")
            area.expect(isinstance(destroyed_at, int), place, "wrapped is NULL and destroyed_at not set")
            self.destroyed.add(name)
            area.count("destroyed keys")
            return
        area.count("keys")
        try:
            self._keys[name] = unwrap(root, wrapped, name.encode())
        except Unusable as reason:
            area.fault(place, str(reason))

    def _frame_row(self, database: str, frame: object, message: object, wrapped: object, area: Area) -> None:
        if not all(isinstance(part, bytes) and len(part) == 16 for part in (frame, message)):
            area.fault(f"{database} frame key {frame!r} {message!r}", "frame and message have 16 octets each")
            return
        place = f"{database} frame key {uuid.UUID(bytes=frame)} of message {uuid.UUID(bytes=message)}"
        name = f"message-{uuid.UUID(bytes=message)}"
        area.count("frame keys")
        cipher = self.cipher(name)
        if cipher is None:
            if name in self.destroyed:
                area.count("frame keys erased")
            else:
                self.broken_frame_rows.add((frame, message))
                area.fault(place, f"the key {name} is missing or did not open")
            return
        try:
            self.frame_rows[frame, message] = unwrap(cipher, wrapped, frame + message)
        except Unusable as reason:
            self.broken_frame_rows.add((frame, message))
            area.fault(place, str(reason))
