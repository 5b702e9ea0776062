"""Volumes, frames and chunks. docs/formats.md, "Frame", "Volume"."""

import hashlib
import json
import re
import struct
import subprocess
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from aes_gcm import AesGcm, Unauthentic
from folder import rows_of, shown
from records import Log
from report import Area, Report

HEADER = struct.Struct(">4s4s16s32sQQII12sI")
VOLUME_HEADER = struct.Struct(">4sI16sQ")
CHUNK_OCTETS = 65536
TAG_OCTETS = 16
FULL_OCTETS = 256 << 20


class Broken(Exception):
    """Octets that are no frame; the text says why."""


@dataclass
class Header:
    frame: bytes
    address: bytes
    blob_octets: int
    stored_octets: int
    chunks: int

    @property
    def octets(self) -> int:
        """Of the whole frame: header, chunks, table."""
        return HEADER.size + self.stored_octets + 4 * self.chunks


@dataclass
class Place:
    """Where a frame lies."""

    file: str
    volume: int | None
    offset: int
    header: Header

    def __str__(self) -> str:
        return f"{self.file} offset {self.offset} (frame {uuid.UUID(bytes=self.header.frame)})"


@dataclass
class Blob:
    """What a frame holds."""

    octets: int
    sha256: bytes


@dataclass
class Frames:
    places: dict[bytes, Place] = field(default_factory=dict)
    volumes: dict[int, int] = field(default_factory=dict)


def make_header(header: Header) -> bytes:
    """The 96 octets."""
    parts = (header.frame, header.address, header.blob_octets, header.stored_octets, header.chunks, CHUNK_OCTETS)
    octets = HEADER.pack(b"MFR1", bytes(4), *parts, bytes(12), 0)
    return octets[:92] + struct.pack(">I", zlib.crc32(octets[:92]))


def read_header(octets: bytes) -> Header:
    """The 96 octets taken apart; Broken where they contradict themselves."""
    if len(octets) < HEADER.size:
        raise Broken(f"{len(octets)} octets where a frame header has {HEADER.size}")
    magic, zero, frame, address, blob, stored, chunks, chunk, more_zero, crc = HEADER.unpack(octets)
    if magic != b"MFR1":
        raise Broken(f"begins with {magic.hex()}, not MFR1")
    if zlib.crc32(octets[:92]) != crc:
        raise Broken("the CRC-32 of the header does not fit")
    if any(zero) or any(more_zero):
        raise Broken("the header has other octets where zeros stand")
    if chunk != CHUNK_OCTETS:
        raise Broken(f"{chunk} octets of blob per chunk")
    if chunks != max(1, -(-blob // CHUNK_OCTETS)):
        raise Broken(f"{chunks} chunks for a blob of {blob} octets")
    return Header(frame, address, blob, stored, chunks)


def seal_chunk(cipher: AesGcm, frame: bytes, number: int, last: bool, plaintext: bytes) -> bytes:
    return cipher.seal(*_nonce_and_associated(frame, number, last, plaintext))


def _nonce_and_associated(frame: bytes, number: int, last: bool, text: bytes) -> tuple[bytes, bytes, bytes]:
    count = struct.pack(">I", number)
    return bytes(8) + count, text, frame + count + (b"\x01" if last else b"\x00")


def read_table(stream: BinaryIO, place: Place) -> list[int]:
    """The stored octets of each chunk."""
    header = place.header
    stream.seek(place.offset + HEADER.size + header.stored_octets)
    octets = stream.read(4 * header.chunks)
    if len(octets) != 4 * header.chunks:
        raise Broken("the table is cut off")
    table = [entry for (entry,) in struct.iter_unpack(">I", octets)]
    if sum(table) != header.stored_octets:
        raise Broken("the entries of the table do not add up to the octets of all chunks")
    if min(table) < TAG_OCTETS + 1:
        raise Broken("a chunk of the table has no room for its tag")
    return table


def open_blob(stream: BinaryIO, place: Place, cipher: AesGcm) -> Blob:
    """All chunks, deciphered and decompressed."""
    header = place.header
    table = read_table(stream, place)
    stream.seek(place.offset + HEADER.size)
    pieces: list[bytes | None] = []
    packed: list[bytes] = []
    for number, octets in enumerate(table):
        last = number == header.chunks - 1
        expected = header.blob_octets - number * CHUNK_OCTETS if last else CHUNK_OCTETS
        sealed = stream.read(octets)
        try:
            plaintext = cipher.open(*_nonce_and_associated(header.frame, number, last, sealed))
        except Unauthentic as reason:
            raise Broken(f"chunk {number}: {reason}") from None
        if plaintext[0] == 0 and len(plaintext) == 1 + expected:
            pieces.append(plaintext[1:])
        elif plaintext[0] == 1 and len(plaintext) < 1 + expected:
            pieces.append(None)
            packed.append(plaintext[1:])
        else:
            raise Broken(f"chunk {number}: flag {plaintext[0]} and {len(plaintext) - 1} octets for {expected}")
    sizes = [min(CHUNK_OCTETS, header.blob_octets - number * CHUNK_OCTETS) for number in range(header.chunks)]
    unpacked = decompress(packed, [size for piece, size in zip(pieces, sizes) if piece is None])
    digest, total = hashlib.sha256(), 0
    for piece in pieces:
        octets = next(unpacked) if piece is None else piece
        digest.update(octets)
        total += len(octets)
    return Blob(total, digest.digest())


def decompress(packed: list[bytes], sizes: list[int]) -> Iterator[bytes]:
    """What zstd frames hold. Frames that follow each other are one text for zstd, so that one process does all."""
    if not packed:
        return
    run = subprocess.run(["zstd", "-dcq"], input=b"".join(packed), capture_output=True, check=False)
    if run.returncode or len(run.stdout) != sum(sizes):
        said = run.stderr.decode("utf-8", "replace").strip()
        raise Broken(f"zstd made {len(run.stdout)} octets of {sum(sizes)} {said}".rstrip())
    start = 0
    for size in sizes:
        yield run.stdout[start : start + size]
        start += size


def scan_volumes(data: Path, log: Log, report: Report) -> Frames:
    """Every volume from its first octet to its last, every large frame, and the manifests of full volumes."""
    area = report.area("volumes")
    frames = Frames()
    files = sorted((data / "volumes").glob("*.vol"))
    for expected, path in enumerate(files):
        place = f"volumes/{path.name}"
        if not area.expect(path.name == f"{expected:08d}.vol", place, f"volume {expected} should follow"):
            continue
        listed = _scan_volume(path, place, expected, log, frames, area)
        manifest = path.with_suffix(".json")
        if manifest.is_file():
            _manifest(manifest, path, expected, listed, area)
            is_full = path.stat().st_size > FULL_OCTETS
            area.expect(is_full or log.epoch > 1, place, "has a manifest, is not full, and the log was never restored")
        else:
            area.expect(expected == len(files) - 1, f"volumes/{manifest.name}", "is missing, and volumes follow")
    for path in sorted((data / "volumes/large").glob("*")):
        _scan_large(path, frames, area)
    return frames


def _scan_volume(
    path: Path, place: str, number: int, log: Log, frames: Frames, area: Area
) -> list[list[object]] | None:
    """The frames of a volume as its manifest would list them; None where one of them is broken."""
    size = path.stat().st_size
    area.count("volumes")
    area.count("octets", size)
    frames.volumes[number] = size
    listed: list[list[object]] = []
    with path.open("rb") as stream:
        head = stream.read(VOLUME_HEADER.size)
        if not area.expect(len(head) == VOLUME_HEADER.size, f"{place} offset 0", "the header is cut off"):
            return None
        magic, own_number, log_id, made = VOLUME_HEADER.unpack(head)
        area.expect(magic == b"MVOL", f"{place} offset 0", f"begins with {magic.hex()}, not MVOL")
        area.expect(own_number == number, f"{place} offset 4", f"says that it is volume {own_number}")
        of_log = str(uuid.UUID(bytes=log_id))
        area.expect(of_log == log.log_id, f"{place} offset 8", f"of the log {of_log}, not {log.log_id}")
        area.expect(0 < made < 1 << 48, f"{place} offset 24", f"made at {made}")
        offset = VOLUME_HEADER.size
        while offset < size:
            try:
                found = _frame_at(stream, place, number, offset, size)
            except Broken as reason:
                area.fault(f"{place} offset {offset}", str(reason))
                return None
            _keep(found, frames, area)
            listed.append([str(uuid.UUID(bytes=found.header.frame)), offset, found.header.octets])
            offset += found.header.octets
    return listed


def _frame_at(stream: BinaryIO, file: str, volume: int | None, offset: int, size: int) -> Place:
    stream.seek(offset)
    header = read_header(stream.read(HEADER.size))
    if offset + header.octets > size:
        raise Broken(f"the frame would end at {offset + header.octets} of {size} octets")
    place = Place(file, volume, offset, header)
    read_table(stream, place)
    return place


def _keep(place: Place, frames: Frames, area: Area) -> None:
    area.count("frames")
    if area.expect(place.header.frame not in frames.places, str(place), "a frame of this id lies elsewhere too"):
        frames.places[place.header.frame] = place


def _scan_large(path: Path, frames: Frames, area: Area) -> None:
    """Section "Volume": one frame without a volume header."""
    file = f"volumes/large/{path.name}"
    area.count("large frames")
    size = path.stat().st_size
    try:
        with path.open("rb") as stream:
            place = _frame_at(stream, file, None, 0, size)
    except Broken as reason:
        area.fault(file, str(reason))
        return
    area.expect(place.header.octets == size, file, f"the frame has {place.header.octets} octets, the file {size}")
    name = f"{uuid.UUID(bytes=place.header.frame)}.frame"
    area.expect(path.name == name, file, f"the name should be {name}")
    _keep(place, frames, area)


def _manifest(path: Path, volume: Path, number: int, listed: list[list[object]] | None, area: Area) -> None:
    place = f"volumes/{path.name}"
    area.count("manifests")
    try:
        manifest = json.loads(path.read_bytes())
    except ValueError as reason:
        area.fault(place, f"not JSON: {reason}")
        return
    digest = hashlib.sha256()
    with volume.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    expected = {
        "v": 1,
        "volume": number,
        "octets": volume.stat().st_size,
        "sha256": digest.hexdigest(),
        "frames": listed,
    }
    if not area.expect(isinstance(manifest, dict) and list(manifest) == list(expected), place, "other members"):
        return
    for name, value in expected.items():
        if name == "frames" and listed is None:
            continue
        area.expect(manifest[name] == value, place, f"`{name}` is not that of the volume")


def check_location(data: Path, frames: Frames, report: Report) -> None:
    """Section "Volume": `location.sqlite` against the frames themselves."""
    area = report.area("location")
    database = "volumes/location.sqlite"
    seen = set()
    for frame, address, volume, offset, octets, blob_octets, removed in rows_of(
        data, database, "SELECT frame, address, volume, offset, octets, blob_octets, removed FROM frames", area
    ):
        place = f"{database} frame {shown(frame)}"
        area.count("frames")
        seen.add(frame)
        found = frames.places.get(frame)
        if removed:
            area.count("removed")
            continue
        if not area.expect(found is not None, place, "no such frame in the volumes") or found is None:
            continue
        header = found.header
        says = (address, volume, offset, octets, blob_octets)
        is_so = (header.address, found.volume, found.offset, header.octets, header.blob_octets)
        for name, said, so in zip(("address", "volume", "offset", "octets", "blob_octets"), says, is_so):
            area.expect(said == so, place, f"{name} is {shown(said)}, the frame says {shown(so)}")
    if area.faults and not seen:
        return  # SQLite cannot read it
    for place in (place for frame, place in frames.places.items() if frame not in seen):
        area.fault(database, f"no row for {place}")
    for volume, octets in rows_of(data, database, "SELECT volume, octets FROM indexed", area):
        area.expect(octets <= frames.volumes.get(volume, 0), f"{database} indexed {volume}", f"says {octets} octets")
