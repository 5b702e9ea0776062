"""Records, personal parts, seals and tags of the log.

docs/formats.md, "Record", "Personal part and seal", "Tag", "The embedded log", "Leaf and tree", "Trace text".
"""

import hashlib
import hmac
import json
import re
import unicodedata
import uuid
from base64 import b64decode
from dataclasses import dataclass, field
from pathlib import Path

from aes_gcm import AesGcm, Unauthentic
from folder import rows_of
from keys import Keys
from report import Report
from tree import leaf_hash

MEMBERS = ["v", "epoch", "stream", "revision", "id", "type", "version", "at", "actor", "cause", "data", "key", "seal"]
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
UUID7 = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
DIGEST = "[0-9a-f]{64}"
TRACE_FIELDS = {"return-path", "received", "x-authenticated-sender", "authentication-results"}
SALT_OCTETS = 32

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_LIMIT = 2**53


class Malformed(Exception):
    """Octets that are no record; the text says why."""


def _object(pairs: list[tuple[str, object]]) -> dict:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("a member stands twice")
    return members


def _integer(digits: str) -> int:
    number = int(digits)
    if abs(number) >= _LIMIT:
        raise Malformed(f"the integer {digits} is not below 2^53")
    return number


def _no_number(text: str) -> int:
    raise Malformed(f"{text} is no integer")


def parse_record(octets: object) -> dict:
    """Section "Record": members in order, no white space, no floats."""
    if not isinstance(octets, bytes):
        raise Malformed("the record is not stored as octets")
    try:
        text = octets.decode("utf-8")
        record = json.loads(
            text, object_pairs_hook=_object, parse_int=_integer, parse_float=_no_number, parse_constant=_no_number
        )
    except ValueError as reason:
        raise Malformed(f"not JSON in UTF-8: {reason}") from None
    if re.search(r"\s", _STRING.sub("", text)):
        raise Malformed("white space between tokens")
    if not isinstance(record, dict) or list(record) != MEMBERS:
        raise Malformed(f"the members are not {' '.join(MEMBERS)} in this order")
    _check_members(record)
    return record


def _check_members(record: dict) -> None:
    for name in ("v", "epoch", "revision", "version", "at"):
        if type(record[name]) is not int:
            raise Malformed(f"`{name}` is not an integer")
    patterns = {
        "stream": f"[a-z]+-{UUID}",
        "id": UUID7,
        "type": "(?:[A-Z][a-z0-9]*)+",
        "actor": f"account-{UUID}|operator|peer|system",
    }
    for name, pattern in patterns.items():
        if not isinstance(record[name], str) or not re.fullmatch(pattern, record[name]):
            raise Malformed(f"`{name}` does not have the form {pattern}")
    nullable = {"cause": UUID7, "key": ".+", "seal": DIGEST}
    for name, pattern in nullable.items():
        value = record[name]
        if value is not None and not (isinstance(value, str) and re.fullmatch(pattern, value)):
            raise Malformed(f"`{name}` is neither null nor of the form {pattern}")
    if record["v"] != 1 or record["epoch"] < 1 or record["revision"] < 0 or record["version"] < 1:
        raise Malformed("v, epoch, revision or version is out of range")
    if not isinstance(record["data"], dict):
        raise Malformed("`data` is not an object")
    if (record["key"] is None) != (record["seal"] is None):
        raise Malformed("`key` and `seal` are not null together")
    _check_data(record["data"])


def _check_data(data: dict) -> None:
    """Digests, tags and ranges are recognised by the members that docs/events.md gives these kinds."""
    for name, value in data.items():
        if name in ("address", "root", "oldRoot") and not (isinstance(value, str) and re.fullmatch(DIGEST, value)):
            raise Malformed(f"data `{name}` is not a digest in hex")
        if name == "tag" and not (isinstance(value, str) and re.fullmatch("[0-9a-f]{32}", value)):
            raise Malformed("data `tag` is not 32 hex digits")
        if name == "uids":
            flat = isinstance(value, list) and len(value) % 2 == 0 and all(type(entry) is int for entry in value)
            if not flat or any(first > last for first, last in zip(value[::2], value[1::2])):
                raise Malformed("data `uids` is no list of ranges")
            if any(last >= first for last, first in zip(value[1::2], value[2::2])):
                raise Malformed("the ranges of data `uids` do not ascend")


def open_personal(cipher: AesGcm, sealed: bytes, event_id: bytes) -> bytes:
    """Section "Personal part and seal": the plaintext of a sealed form."""
    if len(sealed) < 1 + 12 + 16 or sealed[0] != 1:
        raise Unauthentic("the sealed form does not begin with 01 or is too short")
    return cipher.open(sealed[1:13], sealed[13:], event_id)


def parse_personal(plaintext: bytes) -> dict:
    """32 random octets ‖ JSON of one object."""
    if len(plaintext) < SALT_OCTETS + 2:
        raise Malformed("the personal part is shorter than its random octets and `{}`")
    try:
        personal = json.loads(plaintext[SALT_OCTETS:].decode("utf-8"), object_pairs_hook=_object)
    except ValueError as reason:
        raise Malformed(f"the personal part is not JSON in UTF-8: {reason}") from None
    if not isinstance(personal, dict):
        raise Malformed("the personal part is not an object")
    return personal


def tag_of(secret: bytes, text: str) -> str:
    """Section "Tag"."""
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()[:32]


def fold_local_part(local_part: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", local_part).lower())


def fold_domain(name: str) -> str:
    return name.encode("idna").decode().lower() if not name.isascii() else name.lower()


def tag_text(record: dict, personal: dict) -> str | None:
    """The text of an event's tag where its own personal part tells it."""
    kind, scope = record["type"], record["stream"].split("-", 1)[1]
    if kind in ("DomainAdded", "DomainBound"):
        return "@" + fold_domain(str(personal.get("name")))
    if kind in ("AddressAssigned", "AliasAdded", "GroupAdded"):
        return f"{fold_local_part(str(personal.get('localPart')))}@{scope}"
    if kind == "SendAsGranted":
        local_part, _, domain = str(personal.get("address")).rpartition("@")
        return f"{fold_local_part(local_part)}@{fold_domain(domain)}"
    return None


def check_trace(trace: object) -> str | None:
    """Section "Trace text": what is wrong with it, or None."""
    if not isinstance(trace, str):
        return "the trace text is not a string"
    if trace == "":
        return None
    if not trace.endswith("\r\n") or "\r" in trace.replace("\r\n", "") or "\n" in trace.replace("\r\n", ""):
        return "a line of the trace text does not end in CRLF"
    for line in trace.split("\r\n")[:-1]:
        if line[:1] not in (" ", "\t") and line.partition(":")[0].lower() not in TRACE_FIELDS:
            return f"{line.partition(':')[0]} is no field of the trace text"
    return None


@dataclass
class Mail:
    """A message as its stream tells it."""

    position: int
    data: dict
    message: bytes
    personal: dict | None
    resolved: list[tuple[int, dict]] = field(default_factory=list)


@dataclass
class Log:
    """What the other checks need of the log."""

    log_id: str = ""
    public_key: bytes = b""
    leaves: list[bytes] = field(default_factory=list)
    mails: dict[str, Mail] = field(default_factory=dict)
    checkpoints: list[tuple[int, dict]] = field(default_factory=list)
    epoch: int = 1


@dataclass
class _Stream:
    revision: int = -1
    at: int = 0
    tags: set[str] = field(default_factory=set)


class LogReader:
    """Reads `log/events.sqlite` from the first record to the last."""

    def __init__(self, keys: Keys, report: Report) -> None:
        self.log = Log()
        self._keys = keys
        self._records = report.area("records")
        self._seals = report.area("seals")
        self._tags = report.area("tags")
        self._streams: dict[str, _Stream] = {}
        self._ids: set[str] = set()

    def read(self, data: Path) -> Log:
        query = "SELECT position, stream, revision, id, record, sealed FROM events ORDER BY position"
        for position, stream, revision, event_id, octets, sealed in rows_of(
            data, "log/events.sqlite", query, self._records
        ):
            place = f"position {position}"
            expected = len(self.log.leaves)
            self._records.expect(position == expected, place, f"position {expected} should stand here")
            self.log.leaves.append(leaf_hash(octets if isinstance(octets, bytes) else str(octets).encode()))
            self._records.count("records")
            try:
                record = parse_record(octets)
            except Malformed as reason:
                self._records.fault(place, str(reason))
                continue
            place = f"position {position} ({record['stream']} {record['revision']} {record['type']})"
            same = (stream, revision) == (record["stream"], record["revision"])
            self._records.expect(same, place, f"the row says stream {stream} revision {revision}")
            own_id = uuid.UUID(record["id"]).bytes
            self._records.expect(event_id == own_id, place, "the row has another event id")
            self._order(place, position, record)
            personal = self._personal(place, record, own_id, sealed)
            self._tag(place, record, personal)
            self._gather(place, position, record, personal)
        self._records.count("streams", len(self._streams))
        self._records.expect(bool(self.log.leaves), "log/events.sqlite", "no record at all")
        return self.log

    def _order(self, place: str, position: int, record: dict) -> None:
        stream = self._streams.setdefault(record["stream"], _Stream())
        expected = stream.revision + 1
        self._records.expect(record["revision"] == expected, place, f"revision {expected} should follow")
        self._records.expect(record["at"] >= stream.at, place, f"`at` goes back from {stream.at} to {record['at']}")
        stream.revision, stream.at = record["revision"], record["at"]
        self._records.expect(record["id"] not in self._ids, place, "the event id stands twice")
        if record["cause"] is not None:
            self._records.expect(record["cause"] in self._ids, place, f"its cause {record['cause']} is no event before")
        self._ids.add(record["id"])
        if record["type"] == "LogRestored":
            self._records.expect(record["epoch"] > self.log.epoch, place, f"restores epoch {self.log.epoch} to itself")
            self.log.epoch = record["epoch"]
        self._records.expect(
            record["epoch"] == self.log.epoch, place, f"epoch {record['epoch']} in epoch {self.log.epoch}"
        )
        if position == 0 or record["type"] == "LogOpened":
            self._opened(place, position, record)

    def _opened(self, place: str, position: int, record: dict) -> None:
        data = record["data"]
        fits = position == 0 and record["type"] == "LogOpened" and record["stream"] == f"ledger-{data.get('logId')}"
        if not self._records.expect(fits, place, "record 0 and only it is LogOpened in the stream of its log id"):
            return
        self.log.log_id = data["logId"]
        names = {"format": 1, "hashing": "sha256", "tree": "rfc9162", "signing": "ed25519", "sealing": "aes-256-gcm"}
        for name, value in names.items():
            self._records.expect(data.get(name) == value, place, f"`{name}` is {data.get(name)!r}, not {value!r}")
        try:
            self.log.public_key = b64decode(str(data.get("publicKey")), validate=True)
        except ValueError:
            pass
        self._records.expect(len(self.log.public_key) == 32, place, "`publicKey` is not 32 octets in base64")

    def _personal(self, place: str, record: dict, event_id: bytes, sealed: object) -> dict | None:
        name = record["key"]
        if name is None:
            self._seals.expect(sealed is None, place, "a sealed form, and no key and seal in the record")
            return None
        self._seals.count("sealed parts")
        of_sessions = record["stream"].startswith("session-") and re.fullmatch(f"access-{UUID}-[0-9]{{6}}", name)
        self._seals.expect(name == record["stream"] or bool(of_sessions), place, f"the key is named {name}")
        if name in self._keys.destroyed:
            self._seals.count("erased")
            return None
        cipher = self._keys.cipher(name)
        if cipher is None:
            known = name in self._keys.names
            self._seals.fault(place, f"the key {name} {'did not open' if known else 'has no row in keys.sqlite'}")
            return None
        try:
            if not isinstance(sealed, bytes):
                raise Malformed("the sealed form is missing")
            plaintext = open_personal(cipher, sealed, event_id)
            if hashlib.sha256(plaintext).hexdigest() != record["seal"]:
                raise Malformed("the seal of the record is not the SHA-256 of the plaintext")
            return parse_personal(plaintext)
        except (Unauthentic, Malformed) as reason:
            self._seals.fault(place, str(reason))
            return None

    def _tag(self, place: str, record: dict, personal: dict | None) -> None:
        tag = record["data"].get("tag")
        if tag is None:
            return
        known = self._streams[record["stream"]].tags
        if record["key"] is None:
            # Taking off names only a tag that was put on in the same stream.
            self._tags.count("repeated")
            self._tags.expect(tag in known, place, "a tag that was never put on in this stream")
            return
        known.add(tag)
        secret = self._keys.secret("secret-tag")
        if personal is None or secret is None:
            self._tags.count("erased or without key")
            return
        text = tag_text(record, personal)
        if text is None:
            self._tags.count("not recomputable")
            return
        self._tags.count("recomputed")
        self._tags.expect(tag == tag_of(secret, text), place, f"the tag is not that of {text!r}")

    def _gather(self, place: str, position: int, record: dict, personal: dict | None) -> None:
        kind, data = record["type"], record["data"]
        if kind == "CheckpointSealed":
            self.log.checkpoints.append((position, record))
        elif kind == "MessageAccepted":
            message = uuid.UUID(record["stream"].removeprefix("message-")).bytes
            self.log.mails[record["stream"]] = Mail(position, data, message, personal)
        elif kind == "RecipientsResolved":
            mail = self.log.mails.get(record["stream"])
            if self._records.expect(mail is not None, place, "resolved before MessageAccepted") and mail is not None:
                mail.resolved.append((position, data))
