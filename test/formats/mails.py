"""Mails down to their octets, and the cache of their structure.

docs/formats.md, "Frame", "Keys", "Structure facts", "Trace text".
"""

import hashlib
import re
import uuid
from pathlib import Path

from aes_gcm import AesGcm, Unauthentic
from folder import rows_of, shown
from frames import Blob, Broken, Frames, Place, open_blob
from keys import Keys
from records import Log, Mail, check_trace
from report import Report


def check_structures(data: Path, keys: Keys, report: Report) -> None:
    """Section "Structure facts": each row opens under the key of its frame."""
    area = report.area("structures")
    database = "volumes/structures.sqlite"
    by_frame = {frame: key for (frame, _), key in keys.frame_rows.items()}
    for frame, scanner, sealed in rows_of(data, database, "SELECT frame, scanner, sealed FROM structures", area):
        place = f"{database} frame {shown(frame)}"
        area.count("rows")
        area.expect(isinstance(scanner, int), place, "the scanner is not an integer")
        key = by_frame.get(frame)
        if key is None:
            area.count("without key")
            continue
        try:
            AesGcm(key).open(sealed[:12], sealed[12:], frame + b"facts")
        except (Unauthentic, TypeError) as reason:
            area.fault(place, f"does not open: {reason}")


class MailReader:
    """Sections "Frame", "Keys" and "Trace text": every mail of the log down to its octets."""

    def __init__(self, data: Path, keys: Keys, frames: Frames, report: Report) -> None:
        self.digests: dict[str, str] = {}
        self._data, self._keys, self._frames = data, keys, frames
        self._blobs: dict[bytes, Blob | None] = {}
        self._chunks = report.area("frames")
        self._mails = report.area("mails")

    def check(self, log: Log) -> None:
        by_frame: dict[bytes, list[tuple[bytes, bytes]]] = {}
        for (frame, message), key in self._keys.frame_rows.items():
            by_frame.setdefault(frame, []).append((message, key))
        for place in self._frames.places.values():
            self._frame(place, by_frame.get(place.header.frame, []))
        for stream, mail in log.mails.items():
            self._mail(f"position {mail.position} ({stream})", mail)

    def _frame(self, place: Place, keys: list[tuple[bytes, bytes]]) -> None:
        if not keys:
            self._chunks.count("frames without key")
            return
        self._chunks.count("frames")
        self._chunks.expect(len({key for _, key in keys}) == 1, str(place), "its messages wrap different keys")
        try:
            with (self._data / place.file).open("rb") as stream:
                blob = open_blob(stream, place, AesGcm(keys[0][1]))
        except Broken as reason:
            self._chunks.fault(str(place), str(reason))
            self._blobs[place.header.frame] = None
            return
        self._chunks.count("chunks", place.header.chunks)
        self._chunks.count("octets", blob.octets)
        self._blobs[place.header.frame] = blob
        secret = self._keys.secret("secret-address")
        if self._chunks.expect(secret is not None, "keys/keys.sqlite", "no secret-address") and secret is not None:
            address = hashlib.sha256(secret + blob.sha256).digest()
            self._chunks.expect(address == place.header.address, str(place), "the address is not that of the blob")

    def _mail(self, where: str, mail: Mail) -> None:
        self._mails.count("mails")
        data = mail.data
        if not re.fullmatch("[0-9a-f-]{36}", str(data.get("frame"))):
            self._mails.fault(where, "`frame` is no UUID")
            return
        frame = uuid.UUID(data["frame"]).bytes
        place = self._frames.places.get(frame)
        erased = f"message-{uuid.UUID(bytes=mail.message)}" in self._keys.destroyed
        if place is None:
            if not erased:
                self._mails.fault(where, f"its frame {data['frame']} lies in no volume")
            return
        self._mails.expect(data.get("address") == place.header.address.hex(), where, f"another address than {place}")
        self._mails.expect(data.get("blobOctets") == place.header.blob_octets, where, f"other octets than {place}")
        for position, resolved in mail.resolved:
            total = data.get("blobOctets", 0) + data.get("traceOctets", 0)
            size = resolved.get("sizeOctets")
            self._mails.expect(size == total, f"position {position}", f"sizeOctets {size}, trace and blob {total}")
        if erased:
            self._mails.count("erased")
            return
        row = (frame, mail.message)
        if row not in self._keys.frame_rows and row not in self._keys.broken_frame_rows:
            self._mails.fault(where, "keys.sqlite has no frame key for it")
        if mail.personal is not None:
            self._contents(where, mail, self._blobs.get(frame))

    def _contents(self, where: str, mail: Mail, blob: Blob | None) -> None:
        personal = mail.personal or {}
        trace = personal.get("trace")
        fault = check_trace(trace)
        self._mails.expect(fault is None, where, fault or "")
        if isinstance(trace, str):
            octets = len(trace.encode())
            says = mail.data.get("traceOctets")
            self._mails.expect(octets == says, where, f"traceOctets {says} of {octets}")
            if mail.data.get("source") == "append":
                self._mails.expect(octets == 0, where, "mail from APPEND with a trace text")
        if blob is not None:
            fits = personal.get("sha256") == blob.sha256.hex()
            self._mails.expect(fits, where, "the sealed sha256 is not that of the blob")
            self.digests[str(uuid.UUID(bytes=mail.message))] = blob.sha256.hex()
