"""AES-256-GCM (FIPS 197, NIST SP 800-38D) without any library: 12-octet nonces, 16-octet tags behind the ciphertext.

docs/formats.md, "Notation". Long texts are enciphered column by column: each of the sixteen octets of the block is
one long string over all blocks, so that a round is a few `bytes.translate` and big-integer XORs. That makes some MB a
second of pure Python; short texts take the plain way.
"""

from hmac import compare_digest

TAG_OCTETS = 16


class Unauthentic(Exception):
    """The tag does not fit: another key, nonce, associated data or ciphertext."""


def _double(octet: int) -> int:
    return ((octet << 1) ^ 0x1B) & 0xFF if octet & 0x80 else octet << 1


def _sbox() -> bytes:
    # 3 generates the multiplicative group of GF(2^8); the inverse of 3^i is 3^(255-i).
    powers = [1]
    while len(powers) < 255:
        powers.append(powers[-1] ^ _double(powers[-1]))
    inverse = [0] * 256
    for exponent, element in enumerate(powers):
        inverse[element] = powers[-exponent % 255]
    box = bytearray(256)
    for octet in range(256):
        twice = inverse[octet] * 0x101
        box[octet] = 0x63 ^ (twice ^ twice >> 4 ^ twice >> 5 ^ twice >> 6 ^ twice >> 7) & 0xFF
    return bytes(box)


_S1 = _sbox()
_S2 = bytes(_double(octet) for octet in _S1)
_S3 = bytes(_double(octet) ^ octet for octet in _S1)

# Word tables of one round (SubBytes, ShiftRows and MixColumns), for single blocks.
_T0 = [s2 << 24 | s1 << 16 | s1 << 8 | s3 for s1, s2, s3 in zip(_S1, _S2, _S3)]
_T1 = [word >> 8 | (word & 0xFF) << 24 for word in _T0]
_T2 = [word >> 8 | (word & 0xFF) << 24 for word in _T1]
_T3 = [word >> 8 | (word & 0xFF) << 24 for word in _T2]

# Fewer blocks than this are enciphered one by one, and multiplied without tables.
_FEW = 12

_counter_columns: dict[int, list[bytes]] = {}


class AesGcm:
    """One key of 32 octets."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("the key has 32 octets")
        words = [int.from_bytes(key[at : at + 4], "big") for at in range(0, 32, 4)]
        constant = 1
        for at in range(8, 60):
            word = words[-1]
            if at % 8 == 0:
                word = (word << 8 | word >> 24) & 0xFFFFFFFF
            if at % 4 == 0:
                word = int.from_bytes(word.to_bytes(4, "big").translate(_S1), "big")
            if at % 8 == 0:
                word ^= constant << 24
                constant = _double(constant)
            words.append(words[-8] ^ word)
        self._words = words
        self._round_octets = [b"".join(w.to_bytes(4, "big") for w in words[at : at + 4]) for at in range(0, 60, 4)]
        # The hash key times x^0 … x^127; bit 127 of an integer is the coefficient of x^0.
        power = int.from_bytes(self._block(bytes(16)), "big")
        self._powers = []
        for _ in range(128):
            self._powers.append(power)
            power = power >> 1 ^ (0xE1 << 120 if power & 1 else 0)
        self._tables: list[list[int]] = []

    def open(self, nonce: bytes, sealed: bytes, associated: bytes) -> bytes:
        """The plaintext of ciphertext and tag; Unauthentic where the tag does not fit."""
        if len(sealed) < TAG_OCTETS:
            raise Unauthentic("shorter than a tag")
        ciphertext, tag = sealed[:-TAG_OCTETS], sealed[-TAG_OCTETS:]
        if not compare_digest(self._tag(nonce, ciphertext, associated), tag):
            raise Unauthentic("the tag does not fit")
        return self._stream(nonce, ciphertext)

    def seal(self, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
        """Ciphertext and tag."""
        ciphertext = self._stream(nonce, plaintext)
        return ciphertext + self._tag(nonce, ciphertext, associated)

    def _block(self, block: bytes) -> bytes:
        words = self._words
        a, b, c, d = (int.from_bytes(block[at : at + 4], "big") ^ words[at // 4] for at in (0, 4, 8, 12))
        for at in range(4, 56, 4):
            a, b, c, d = (
                _T0[a >> 24] ^ _T1[b >> 16 & 255] ^ _T2[c >> 8 & 255] ^ _T3[d & 255] ^ words[at],
                _T0[b >> 24] ^ _T1[c >> 16 & 255] ^ _T2[d >> 8 & 255] ^ _T3[a & 255] ^ words[at + 1],
                _T0[c >> 24] ^ _T1[d >> 16 & 255] ^ _T2[a >> 8 & 255] ^ _T3[b & 255] ^ words[at + 2],
                _T0[d >> 24] ^ _T1[a >> 16 & 255] ^ _T2[b >> 8 & 255] ^ _T3[c & 255] ^ words[at + 3],
            )
        rows = (a, b, c, d)
        last = bytes(
            _S1[rows[(column + row) % 4] >> 24 - 8 * row & 255] for column in range(4) for row in range(4)
        )
        return bytes(x ^ y for x, y in zip(last, self._round_octets[14]))

    def _stream(self, nonce: bytes, text: bytes) -> bytes:
        """The text under the key stream; counters begin at 2 (1 enciphers the tag)."""
        blocks = (len(text) + 15) // 16
        if blocks == 0:
            return b""
        if blocks < _FEW:
            stream = b"".join(self._block(nonce + (2 + at).to_bytes(4, "big")) for at in range(blocks))
        else:
            stream = self._columns(nonce, blocks)
        length = len(text)
        return (int.from_bytes(text, "big") ^ int.from_bytes(stream[:length], "big")).to_bytes(length, "big")

    def _columns(self, nonce: bytes, blocks: int) -> bytes:
        counters = _counter_columns.get(blocks)
        if counters is None:
            octets = b"".join(counter.to_bytes(4, "big") for counter in range(2, 2 + blocks))
            counters = _counter_columns[blocks] = [octets[at::4] for at in range(4)]
        ones = int.from_bytes(b"\x01" * blocks, "big")
        first = self._round_octets[0]
        number = int.from_bytes
        state = [bytes([nonce[at] ^ first[at]]) * blocks for at in range(12)]
        state += [(number(counters[at], "big") ^ first[12 + at] * ones).to_bytes(blocks, "big") for at in range(4)]
        for round_number in range(1, 14):
            key = self._round_octets[round_number]
            after = []
            for column in range(4):
                shifted = [state[row + 4 * ((column + row) % 4)] for row in range(4)]
                one = [number(octets.translate(_S1), "big") for octets in shifted]
                two = [number(octets.translate(_S2), "big") for octets in shifted]
                three = [number(octets.translate(_S3), "big") for octets in shifted]
                for row in range(4):
                    mixed = two[row] ^ three[(row + 1) % 4] ^ one[(row + 2) % 4] ^ one[(row + 3) % 4]
                    after.append((mixed ^ key[4 * column + row] * ones).to_bytes(blocks, "big"))
            state = after
        key = self._round_octets[14]
        stream = bytearray(16 * blocks)
        for column in range(4):
            for row in range(4):
                octets = number(state[row + 4 * ((column + row) % 4)].translate(_S1), "big")
                stream[4 * column + row :: 16] = (octets ^ key[4 * column + row] * ones).to_bytes(blocks, "big")
        return bytes(stream)

    def _tag(self, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
        if len(nonce) != 12:
            raise Unauthentic("the nonce has 12 octets")
        lengths = (8 * len(associated)).to_bytes(8, "big") + (8 * len(ciphertext)).to_bytes(8, "big")
        text = associated + bytes(-len(associated) % 16) + ciphertext + bytes(-len(ciphertext) % 16) + lengths
        mask = int.from_bytes(self._block(nonce + b"\x00\x00\x00\x01"), "big")
        return (self._hash(text) ^ mask).to_bytes(16, "big")

    def _hash(self, text: bytes) -> int:
        if len(text) < 16 * 8 * _FEW and not self._tables:
            return self._hash_few(text)
        if not self._tables:
            self._make_tables()
        t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, ta, tb, tc, td, te, tf = self._tables
        number = int.from_bytes
        value = 0
        for at in range(0, len(text), 16):
            a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p = (
                value ^ number(text[at : at + 16], "big")
            ).to_bytes(16, "big")
            value = (
                t0[a] ^ t1[b] ^ t2[c] ^ t3[d] ^ t4[e] ^ t5[f] ^ t6[g] ^ t7[h]
                ^ t8[i] ^ t9[j] ^ ta[k] ^ tb[l] ^ tc[m] ^ td[n] ^ te[o] ^ tf[p]
            )
        return value

    def _hash_few(self, text: bytes) -> int:
        value = 0
        for at in range(0, len(text), 16):
            factor = value ^ int.from_bytes(text[at : at + 16], "big")
            value = 0
            while factor:
                bit = factor.bit_length()
                value ^= self._powers[128 - bit]
                factor ^= 1 << bit - 1
        return value

    def _make_tables(self) -> None:
        for place in range(16):
            table = [0] * 256
            for bit in range(8):
                table[0x80 >> bit] = self._powers[8 * place + bit]
            for octet in range(256):
                lowest = octet & -octet
                if octet != lowest:
                    table[octet] = table[octet ^ lowest] ^ table[lowest]
            self._tables.append(table)
