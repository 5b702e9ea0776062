"""Evidence packages. docs/formats.md, "Evidence"."""

import hashlib
import json
import re
import zipfile
from base64 import b64decode
from pathlib import Path
from uuid import UUID as UUID_OF

from ledger import Note, key_hash
from records import DIGEST, UUID, Malformed, check_trace, parse_personal, parse_record
from report import Area, Report
from tree import leaf_hash, proven_root

FIXED = {"README.txt", "manifest.json", "mail.eml", "checkpoint", "log.pub", "verify.py"}
MANIFEST = ["v", "logId", "epoch", "message", "made", "size", "events"]
EVENT = ["index", "record", "personal", "proof"]


def check_proof(path: Path, report: Report) -> None:
    """Everything in a package against everything else in it."""
    area = report.area("proof")
    try:
        with zipfile.ZipFile(path) as package:
            members: dict[str, bytes] = {}
            for name in package.namelist():
                try:
                    area.expect(name not in members, f"{path.name} {name}", "stands twice")
                    members[name] = package.read(name)
                except (zipfile.BadZipFile, ValueError, EOFError) as reason:
                    area.fault(f"{path.name} {name}", f"cannot be read: {reason}")
    except (zipfile.BadZipFile, OSError) as reason:
        area.fault(path.name, f"cannot be read: {reason}")
        return
    area.count("members", len(members))
    _Package(path.name, members, area).check()


def _related(text: str) -> str:
    """Section "Evidence": the id of a stream that belongs to a message."""
    octets = bytearray(hashlib.sha256(text.encode()).digest()[:16])
    octets[6] = 0x80 | octets[6] & 0x0F
    octets[8] = 0x80 | octets[8] & 0x3F
    return str(UUID_OF(bytes=bytes(octets)))


class _Package:
    def __init__(self, name: str, members: dict[str, bytes], area: Area) -> None:
        self._name, self._members, self._area = name, members, area
        self._used = set(FIXED)

    def check(self) -> None:
        for name in sorted(FIXED - {"mail.eml"} - self._members.keys()):
            self._area.fault(f"{self._name} {name}", "is missing")
        manifest = self._manifest()
        note = self._checkpoint()
        if manifest is None or note is None:
            return
        origin = f"{manifest['logId']}/{manifest['epoch']}"
        fits = note.origin == origin and note.size == manifest["size"]
        self._expect(fits, "checkpoint", f"of {note.origin} and size {note.size}, the manifest says otherwise")
        records = [self._event(event, manifest, note) for event in manifest["events"]]
        for name in sorted(self._members.keys() - self._used):
            self._expect(False, name, "is no member that the manifest names")
        self._mail(records)

    def _expect(self, holds: bool, member: str, reason: str) -> bool:
        return self._area.expect(holds, f"{self._name} {member}", reason)

    def _manifest(self) -> dict | None:
        if "manifest.json" not in self._members:
            return None
        try:
            manifest = json.loads(self._members["manifest.json"])
            if list(manifest) != MANIFEST or manifest["v"] != 1:
                raise ValueError(f"the members are not {' '.join(MANIFEST)}, or v is not 1")
            for name in ("logId", "message"):
                if not re.fullmatch(UUID, manifest[name]):
                    raise ValueError(f"`{name}` is no UUID")
            if any(type(manifest[name]) is not int for name in ("epoch", "made", "size")):
                raise ValueError("epoch, made or size is not an integer")
            for event in manifest["events"]:
                if list(event) != EVENT or type(event["index"]) is not int or not isinstance(event["record"], str):
                    raise ValueError(f"the members of an event are not {' '.join(EVENT)}")
                if not all(re.fullmatch(DIGEST, sibling) for sibling in event["proof"]):
                    raise ValueError(f"the proof of event {event['index']} is no list of digests")
            if not manifest["events"]:
                raise ValueError("it names no event")
        except (ValueError, TypeError, KeyError) as reason:
            self._expect(False, "manifest.json", str(reason))
            return None
        return manifest

    def _checkpoint(self) -> Note | None:
        """The signed head, under the key of log.pub: `<log id>/<epoch>+<key hash>+<base64(0x01 ‖ key)>`."""
        if not {"checkpoint", "log.pub"} <= self._members.keys():
            return None
        try:
            note = Note(self._members["checkpoint"])
        except ValueError as reason:
            self._expect(False, "checkpoint", str(reason))
            return None
        text = self._members["log.pub"].decode("latin-1")
        match = re.fullmatch(r"([^+\n]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\n", text)
        key = b64decode(match[3]) if match else b""
        if not self._expect(match is not None and len(key) == 33 and key[0] == 1, "log.pub", "has another form"):
            return None
        assert match is not None
        fits = match[1] == note.name and bytes.fromhex(match[2]) == key_hash(match[1], key[1:])
        self._expect(fits, "log.pub", "name or key hash does not fit")
        fault = note.fault_of_key(key[1:])
        self._expect(fault is None, "checkpoint", fault or "")
        return note

    def _event(self, event: dict, manifest: dict, note: Note) -> tuple[dict, dict | None] | None:
        index, member = event["index"], event["record"]
        self._area.count("events")
        self._used.add(member)
        octets = self._members.get(member)
        named = member == f"records/{index}.json"
        if not self._expect(octets is not None and named, member, "is missing or named otherwise") or octets is None:
            return None
        try:
            record = parse_record(octets)
        except Malformed as reason:
            self._expect(False, member, str(reason))
            return None
        root = proven_root(index, note.size, leaf_hash(octets), [bytes.fromhex(entry) for entry in event["proof"]])
        self._expect(root == note.root, member, "its inclusion proof does not lead to the root of the checkpoint")
        message, ordinal = manifest["message"], record["data"].get("ordinal")
        streams = (
            f"message-{message}",
            f"approval-{_related(f'approval {message}')}",
            f"delivery-{_related(f'delivery {message} {ordinal}')}",
        )
        of_message = record["stream"] in streams
        self._expect(of_message, member, f"in the stream {record['stream']}, not of the message")
        return record, self._personal(event, record)

    def _personal(self, event: dict, record: dict) -> dict | None:
        member = event["personal"]
        if member is None:
            self._area.count("left out")
            return None
        self._used.add(member)
        plaintext = self._members.get(member)
        named = member == f"personal/{event['index']}.bin"
        if not self._expect(plaintext is not None and named, str(member), "is missing or named otherwise"):
            return None
        assert plaintext is not None
        self._area.count("personal parts")
        sealed = hashlib.sha256(plaintext).hexdigest() == record["seal"]
        self._expect(sealed, member, "its SHA-256 is not the seal of the record")
        try:
            return parse_personal(plaintext)
        except Malformed as reason:
            self._expect(False, member, str(reason))
            return None

    def _mail(self, records: list[tuple[dict, dict | None] | None]) -> None:
        mail = self._members.get("mail.eml")
        accepted = [entry for entry in records if entry and entry[0]["type"] == "MessageAccepted"]
        self._expect(len(accepted) == 1, "manifest.json", f"names MessageAccepted {len(accepted)} times")
        if mail is None or not accepted or accepted[0][1] is None:
            return
        data, personal = accepted[0][0]["data"], accepted[0][1]
        trace = personal.get("trace")
        fault = check_trace(trace)
        self._expect(fault is None, "mail.eml", fault or "")
        before = str(trace).encode()
        self._expect(mail.startswith(before), "mail.eml", "does not begin with the trace text")
        octets = data.get("blobOctets") == len(mail) - len(before) and data.get("traceOctets") == len(before)
        self._expect(octets, "mail.eml", "has not the octets that MessageAccepted counts")
        digest = hashlib.sha256(mail[len(before) :]).hexdigest()
        if self._expect(digest == personal.get("sha256"), "mail.eml", "behind the trace text it has another SHA-256"):
            self._area.count("mail")
        self._sent([entry for entry in records if entry], mail, data.get("address"))

    def _sent(self, records: list[tuple[dict, dict | None]], mail: bytes, address: object) -> None:
        """What was decided on and what left are what was accepted."""
        line, _, rest = mail.partition(b"\r\n")
        unsigned = rest if line.startswith(b"Return-Path: ") else mail
        fields = [personal["fields"].encode() for record, personal in records if record["type"] == "MailSigned" and personal]
        leaving = {hashlib.sha256(before + unsigned).hexdigest() for before in [b"", *fields]}
        for record, personal in records:
            if record["type"] in ("ApprovalRequested", "ApprovalDecided"):
                same = record["data"]["octets"] == address
                self._expect(same, "mail.eml", f"{record['type']} is about other octets")
                self._area.count("approvals")
            if record["type"] == "DeliveryCompleted" and personal is not None:
                fits = personal.get("sha256") in leaving and personal["reply"].startswith("250")
                self._expect(fits, "mail.eml", "is not what a peer took and answered with 250")
                self._area.count("handed over")
