"""Checkpoints and tiles. docs/formats.md, "Leaf and tree", "Tiles", "Checkpoint"."""

import re
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path

import ed25519
from keys import Keys
from records import Log
from report import Area, Report
from tree import TILE_WIDTH, Tree, tile_levels, tile_path

_NOTE = re.compile(
    r"(?P<body>(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]*)\n(?P<root>[A-Za-z0-9+/=]+)\n(?P<time>[0-9]+)\n)"
    r"\n— (?P<name>[^\n ]+) (?P<signature>[A-Za-z0-9+/=]+)\n"
)


class Note:
    """A checkpoint taken apart; ValueError where it has another form."""

    def __init__(self, octets: bytes) -> None:
        match = _NOTE.fullmatch(octets.decode("utf-8"))
        if match is None:
            raise ValueError("not the lines of a checkpoint")
        self.body = match["body"].encode()
        self.origin, self.name = match["origin"], match["name"]
        self.size, self.time = int(match["size"]), int(match["time"])
        self.root = b64decode(match["root"], validate=True)
        signature = b64decode(match["signature"], validate=True)
        if len(self.root) != 32 or len(signature) != 4 + 64:
            raise ValueError("the root has 32 octets, key hash and signature 4 and 64")
        if self.origin != self.name:
            raise ValueError(f"of the log {self.origin}, signed by {self.name}")
        self.key_hash, self.signature = signature[:4], signature[4:]

    def fault_of_key(self, public_key: bytes) -> str | None:
        """Why the signature is not this key's, or None."""
        if self.key_hash != key_hash(self.name, public_key):
            return "the key hash is not that of the log's name and public key"
        if not ed25519.verify(public_key, self.body, self.signature):
            return "the signature is not the log's"
        return None


def key_hash(name: str, public_key: bytes) -> bytes:
    """The first 4 octets of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key)."""
    return sha256(name.encode() + b"\n\x01" + public_key).digest()[:4]


def note_body(origin: str, size: int, root: bytes, time: int) -> bytes:
    return f"{origin}\n{size}\n{b64encode(root).decode()}\n{time}\n".encode()


def note_text(origin: str, size: int, root: bytes, time: int, public_key: bytes, signature: bytes) -> bytes:
    signed = b64encode(key_hash(origin, public_key) + signature).decode()
    return note_body(origin, size, root, time) + f"\n— {origin} {signed}\n".encode()


def check_checkpoints(data: Path, log: Log, keys: Keys, report: Report) -> int:
    """Every CheckpointSealed with its file, every file with its event, and HEAD. Returns the size of HEAD."""
    area = report.area("checkpoints")
    seed = keys.secret("secret-ledger")
    if seed is None:
        area.fault("keys/keys.sqlite key secret-ledger", "no signing key")
    else:
        own = ed25519.public_key(seed) == log.public_key
        area.expect(own, "position 0", "`publicKey` is not the public key of secret-ledger")
    roots = _roots(log)
    texts: dict[int, bytes] = {}
    for position, record in log.checkpoints:
        place = f"position {position} (CheckpointSealed)"
        text = _event(place, position, record, roots, log, area)
        if text is not None:
            area.expect(record["data"]["size"] not in texts, place, "another checkpoint has this size")
            texts[record["data"]["size"]] = text
    area.expect(keys.epoch == log.epoch, "keys/keys.sqlite meta epoch", f"{keys.epoch}, the log is in epoch {log.epoch}")
    _files(data, texts, roots, log, area)
    _lost(data, log, area)
    return _head(data, texts, log, area)


def _lost(data: Path, log: Log, area: Area) -> None:
    """What restores set aside: heads of earlier epochs, signed by the same log."""
    for path in sorted((data / "ledger/lost").glob("*/*")):
        place = f"ledger/lost/{path.parent.name}/{path.name}"
        area.count("lost heads")
        try:
            note = Note(path.read_bytes())
        except ValueError as reason:
            area.fault(place, f"{reason}")
            continue
        fault = note.fault_of_key(log.public_key)
        area.expect(fault is None, place, fault or "")
        log_id, _, epoch = note.origin.rpartition("/")
        area.expect(log_id == log.log_id, place, f"a head of {note.origin}")
        area.expect(int(epoch) < int(path.parent.name), place, f"of epoch {epoch}, set aside by {path.parent.name}")


def _roots(log: Log) -> dict[int, bytes]:
    wanted = {record["data"].get("size") for _, record in log.checkpoints}
    tree, roots = Tree(), {}
    for leaf in log.leaves:
        tree.add(leaf)
        if tree.size in wanted or tree.size == len(log.leaves):
            roots[tree.size] = tree.root()
    return roots


def _event(place: str, position: int, record: dict, roots: dict[int, bytes], log: Log, area: Area) -> bytes | None:
    """The checkpoint that the event stands for."""
    data = record["data"]
    area.count("signed heads")
    area.expect(record["stream"] == f"ledger-{log.log_id}", place, "not in the stream of the log id")
    size = data.get("size")
    if not area.expect(type(size) is int and 0 < size <= position, place, f"a size of {size!r}"):
        return None
    area.expect(data.get("root") == roots[size].hex(), place, f"the root over {size} records is {roots[size].hex()}")
    try:
        root, signature = bytes.fromhex(data["root"]), b64decode(data["signature"], validate=True)
        origin = f"{log.log_id}/{record['epoch']}"
        body = note_body(origin, size, root, data["sealedAt"])
        area.expect(ed25519.verify(log.public_key, body, signature), place, "the signature is not the log's")
        return note_text(origin, size, root, data["sealedAt"], log.public_key, signature)
    except (KeyError, ValueError, TypeError) as reason:
        area.fault(place, f"not a signed head: {reason!r}")
        return None


def _files(data: Path, texts: dict[int, bytes], roots: dict[int, bytes], log: Log, area: Area) -> None:
    folder = data / "ledger/checkpoint"
    found = set()
    for path in sorted(folder.iterdir(), key=lambda path: (len(path.name), path.name)) if folder.is_dir() else []:
        place = f"ledger/checkpoint/{path.name}"
        area.count("files")
        if not area.expect(re.fullmatch("[1-9][0-9]*", path.name) is not None, place, "its name is no tree size"):
            continue
        size = int(path.name)
        found.add(size)
        octets = path.read_bytes()
        try:
            note = Note(octets)
        except ValueError as reason:
            area.fault(place, f"{reason}")
            continue
        area.expect(note.size == size, place, f"it says a size of {note.size}")
        fault = note.fault_of_key(log.public_key)
        area.expect(fault is None, place, fault or "")
        area.expect(roots.get(note.size) == note.root, place, "the root is not that of the log")
        area.expect(octets == texts.get(size), place, "no CheckpointSealed says the same")
    for size in sorted(set(texts) - found):
        area.fault(f"ledger/checkpoint/{size}", "is missing")


def _head(data: Path, texts: dict[int, bytes], log: Log, area: Area) -> int:
    path = data / "ledger/HEAD"
    if not path.is_file():
        area.expect(not texts, "ledger/HEAD", "is missing")
        return 0
    area.count("HEAD")
    octets = path.read_bytes()
    try:
        note = Note(octets)
    except ValueError as reason:
        area.fault("ledger/HEAD", f"{reason}")
        return max(texts, default=0)
    fault = note.fault_of_key(log.public_key)
    area.expect(fault is None, "ledger/HEAD", fault or "")
    newest = log.checkpoints[-1][1]["data"].get("size") if log.checkpoints else None
    area.expect(texts.get(newest) == octets, "ledger/HEAD", f"not the last checkpoint, of size {newest}")
    _resume(data, log, area)
    return note.size


def _resume(data: Path, log: Log, area: Area) -> None:
    """A hint: size, log position of the last leaf and stream revision of a checkpoint."""
    path = data / "ledger/resume"
    if not path.is_file():
        return
    hints = {f"{r['data'].get('size')} {r['data'].get('size', 0) - 1} {r['revision']}\n" for _, r in log.checkpoints}
    text = path.read_bytes().decode("utf-8", "replace")
    if area.expect(text in hints, "ledger/resume", f"{text!r} fits no checkpoint"):
        area.count("hint")


def check_tiles(data: Path, log: Log, head_size: int, report: Report) -> None:
    """Every tile against the log; the tiles of the tree under HEAD must be there."""
    area = report.area("tiles")
    levels = tile_levels(log.leaves)
    root = data / "ledger/tile"
    found = set()
    for path in sorted(root.rglob("*")) if root.is_dir() else []:
        if not path.is_file():
            continue
        name = path.relative_to(root).as_posix()
        found.add(name)
        _tile(f"ledger/tile/{name}", name, path.read_bytes(), levels, area)
    for level, hashes in enumerate(tile_levels(log.leaves[:head_size])):
        full, rest = divmod(len(hashes), TILE_WIDTH)
        wanted = [tile_path(level, number) for number in range(full)]
        wanted += [tile_path(level, full, rest)] if rest else []
        for name in wanted:
            area.expect(name in found, f"ledger/tile/{name}", "is missing")


def _tile(place: str, name: str, octets: bytes, levels: list[list[bytes]], area: Area) -> None:
    match = re.fullmatch(r"(0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]*))?", name)
    if not area.expect(match is not None, place, "its name is no tile's") or match is None:
        return
    level, width = int(match[1]), int(match[3] or TILE_WIDTH)
    number = int(match[2].replace("/", "").replace("x", ""))
    area.count("partial tiles" if match[3] else "full tiles")
    fits = tile_path(level, number, width) == name and width <= TILE_WIDTH
    area.expect(fits, place, "its name has another form")
    hashes = levels[level][number * TILE_WIDTH :][:width] if level < len(levels) else []
    if not area.expect(len(octets) == 32 * width, place, f"{len(octets)} octets, not {32 * width}"):
        return
    if not area.expect(len(hashes) == width, place, "covers more than the log has"):
        return
    for at, expected in enumerate(hashes):
        if octets[32 * at : 32 * at + 32] != expected:
            area.fault(place, f"entry {at} is not the hash that follows from the log")
            return
