"""Golden vectors: small single cases of docs/formats.md, computed from it alone.

    python3 vectors.py                 prints them
    python3 vectors.py --check FILE    computes them anew and compares; exit code 1 where one differs
"""

import sys

sys.dont_write_bytecode = True

import hashlib
import json
import struct
import uuid
from base64 import b64encode
from pathlib import Path

import ed25519
from aes_gcm import AesGcm
from frames import CHUNK_OCTETS, VOLUME_HEADER, Header, decompress, make_header, seal_chunk
from keys import unwrap, wrap
from ledger import key_hash, note_body, note_text
from records import open_personal, tag_of
from tree import inclusion_proof, leaf_hash, node_hash, root_of, tile_path

LOG_ID = "00010203-0405-4607-8809-0a0b0c0d0e0f"
EVENT_ID = "0192f0c0-0000-7000-8000-000000000001"
FRAME_ID = "10111213-1415-4617-9819-1a1b1c1d1e1f"
MESSAGE_ID = "0192f0c0-0000-7000-8000-000000000002"


def octets_of(name: str, length: int) -> bytes:
    """As many octets as wanted that anybody can make: SHA-256(name ‖ "/0"), SHA-256(name ‖ "/1"), …"""
    parts = (hashlib.sha256(f"{name}/{at}".encode()).digest() for at in range(-(-length // 32)))
    return b"".join(parts)[:length]


def record() -> str:
    members = {
        "v": 1,
        "epoch": 1,
        "stream": f"organisation-{LOG_ID}",
        "revision": 0,
        "id": EVENT_ID,
        "type": "DomainAdded",
        "version": 1,
        "at": 1730000000000,
        "actor": "operator",
        "cause": None,
        "data": {"domain": FRAME_ID, "tag": tag_of(octets_of("secret-tag", 32), "@acme.example")},
        "key": f"organisation-{LOG_ID}",
        "seal": hashlib.sha256(_personal()).hexdigest(),
    }
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"))


def _personal() -> bytes:
    return octets_of("salt", 32) + '{"name":"acme.example"}'.encode()


def sealed_part() -> dict:
    key, nonce, event = octets_of("organisation key", 32), octets_of("seal nonce", 12), uuid.UUID(EVENT_ID).bytes
    sealed = b"\x01" + nonce + AesGcm(key).seal(nonce, _personal(), event)
    assert open_personal(AesGcm(key), sealed, event) == _personal()
    return {
        "key": key.hex(),
        "eventId": EVENT_ID,
        "nonce": nonce.hex(),
        "plaintext": _personal().hex(),
        "sealed": sealed.hex(),
        "seal": hashlib.sha256(_personal()).hexdigest(),
    }


def wrapped_keys() -> list[dict]:
    root, message_key = octets_of("root key", 32), octets_of("message key", 32)
    frame, message = uuid.UUID(FRAME_ID).bytes, uuid.UUID(MESSAGE_ID).bytes
    cases = [
        ("a key row", root, b"secret-tag", octets_of("secret-tag", 32)),
        ("meta check", root, b"check", bytes(32)),
        ("a message key", root, f"message-{MESSAGE_ID}".encode(), message_key),
        ("a frame key", message_key, frame + message, octets_of("frame key", 32)),
    ]
    made = []
    for name, wrapping, associated, key in cases:
        nonce = octets_of(f"{name} nonce", 12)
        wrapped = wrap(AesGcm(wrapping), nonce, key, associated)
        assert unwrap(AesGcm(wrapping), wrapped, associated) == key
        made.append(
            {
                "name": name,
                "wrappingKey": wrapping.hex(),
                "associated": associated.hex(),
                "nonce": nonce.hex(),
                "key": key.hex(),
                "wrapped": wrapped.hex(),
            }
        )
    return made


def trees() -> dict:
    leaves = [leaf_hash(f"record {at}".encode()) for at in range(9)]
    return {
        "leaf": {"record": record(), "hash": leaf_hash(record().encode()).hex()},
        "node": {
            "left": leaves[0].hex(),
            "right": leaves[1].hex(),
            "hash": node_hash(leaves[0], leaves[1]).hex(),
        },
        "records": [f"record {at}" for at in range(9)],
        "roots": [root_of(leaves[:size]).hex() for size in range(1, 10)],
        "inclusion": [
            {"index": index, "size": size, "proof": [part.hex() for part in inclusion_proof(index, leaves[:size])]}
            for size, index in ((1, 0), (2, 1), (5, 4), (7, 2), (8, 7), (9, 0), (9, 8))
        ],
        "tilePaths": [
            {"level": level, "number": number, "width": width, "path": tile_path(level, number, width)}
            for level, number, width in ((0, 0, 1), (0, 999, 256), (0, 1000, 256), (1, 1234067, 256), (2, 66, 255))
        ],
    }


def zstd_of_one_octet(octet: bytes, length: int) -> bytes:
    """A zstd frame by hand (RFC 8878): no checksum, window of 128 KiB, one run-length block."""
    block = struct.pack("<I", 1 | 1 << 1 | length << 3)[:3]
    return bytes.fromhex("28b52ffd") + b"\x00" + b"\x38" + block + octet


def frame_of(blob: bytes, packed: list[bytes | None]) -> tuple[bytes, Header]:
    """The whole frame; `packed` has the zstd frame of each chunk that is compressed."""
    cipher, frame = AesGcm(octets_of("frame key", 32)), uuid.UUID(FRAME_ID).bytes
    count = max(1, -(-len(blob) // CHUNK_OCTETS))
    chunks = []
    for number in range(count):
        plain = blob[number * CHUNK_OCTETS :][:CHUNK_OCTETS]
        small = packed[number]
        text = b"\x00" + plain if small is None else b"\x01" + small
        if small is not None:
            assert next(decompress([small], [len(plain)])) == plain
        chunks.append(seal_chunk(cipher, frame, number, number == count - 1, text))
    address = hashlib.sha256(octets_of("secret-address", 32) + hashlib.sha256(blob).digest()).digest()
    header = Header(frame, address, len(blob), sum(map(len, chunks)), count)
    table = b"".join(struct.pack(">I", len(chunk)) for chunk in chunks)
    return make_header(header) + b"".join(chunks) + table, header


def frames() -> list[dict]:
    cases = [
        ("empty", "the empty blob", b"", [None]),
        ("short", "the octets of `text`, not compressed", b"From: a@b.example\r\n\r\nHello.\r\n", [None]),
        (
            "two chunks",
            'the first 70000 octets of SHA-256("blob/0") ‖ SHA-256("blob/1") ‖ …',
            octets_of("blob", 70000),
            [None, None],
        ),
        (
            "compressed",
            "70000 times the letter A, each chunk a zstd frame of one run-length block",
            b"A" * 70000,
            [zstd_of_one_octet(b"A", CHUNK_OCTETS), zstd_of_one_octet(b"A", 70000 - CHUNK_OCTETS)],
        ),
    ]
    made = []
    for name, what, blob, packed in cases:
        octets, header = frame_of(blob, packed)
        case = {
            "name": name,
            "blob": what,
            "blobOctets": len(blob),
            "blobSha256": hashlib.sha256(blob).hexdigest(),
            "secretAddress": octets_of("secret-address", 32).hex(),
            "address": header.address.hex(),
            "frame": FRAME_ID,
            "key": octets_of("frame key", 32).hex(),
            "header": octets[:96].hex(),
            "table": octets[-4 * header.chunks :].hex(),
            "octets": len(octets),
            "sha256": hashlib.sha256(octets).hexdigest(),
        }
        if name == "short":
            case["text"] = blob.decode()
        if len(octets) < 500:
            case["whole"] = octets.hex()
        made.append(case)
    return made


def checkpoint() -> dict:
    seed, root, time = octets_of("secret-ledger", 32), root_of([leaf_hash(b"record 0")]), 1730000000000
    origin, public = f"{LOG_ID}/1", ed25519.public_key(octets_of("secret-ledger", 32))
    signature = ed25519.sign(seed, note_body(origin, 1, root, time))
    assert ed25519.verify(public, note_body(origin, 1, root, time), signature)
    hashed, vkey = key_hash(origin, public), b64encode(b"\x01" + public).decode()
    return {
        "seed": seed.hex(),
        "publicKey": public.hex(),
        "logId": LOG_ID,
        "epoch": 1,
        "size": 1,
        "root": root.hex(),
        "sealedAt": time,
        "keyHash": hashed.hex(),
        "signature": b64encode(signature).decode(),
        "text": note_text(origin, 1, root, time, public, signature).decode(),
        "logPub": f"{origin}+{hashed.hex()}+{vkey}\n",
    }


def tags() -> list[dict]:
    secret = octets_of("secret-tag", 32)
    texts = ["@acme.example", "@xn--bcher-kva.example", "wang@acme.example", f"wang@{FRAME_ID}", f"jürgen@{FRAME_ID}"]
    return [{"secret": secret.hex(), "text": text, "tag": tag_of(secret, text)} for text in texts]


def vectors() -> dict:
    return {
        "sealedPart": sealed_part(),
        "wrapped": wrapped_keys(),
        "tree": trees(),
        "frames": frames(),
        "volumeHeader": {
            "volume": 7,
            "logId": LOG_ID,
            "made": 1730000000000,
            "octets": VOLUME_HEADER.pack(b"MVOL", 7, uuid.UUID(LOG_ID).bytes, 1730000000000).hex(),
        },
        "checkpoint": checkpoint(),
        "tags": tags(),
    }


def main(arguments: list[str]) -> int:
    made = json.dumps(vectors(), ensure_ascii=False, indent=2) + "\n"
    if arguments[:1] != ["--check"]:
        print(made, end="")
        return 0
    kept = json.loads(Path(arguments[1]).read_text(encoding="utf-8"))
    differing = [name for name, value in json.loads(made).items() if kept.get(name) != value]
    differing += [name for name in kept if name not in json.loads(made)]
    print(f"{arguments[1]}: {'differs in ' + ', '.join(differing) if differing else 'ok'}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
