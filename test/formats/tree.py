"""The Merkle tree of RFC 9162. docs/formats.md, "Leaf and tree", "Tiles" and the proofs of "Evidence"."""

from hashlib import sha256


def leaf_hash(record: bytes) -> bytes:
    return sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A growing tree that knows its root at each size (RFC 9162 §2.1.1)."""

    def __init__(self) -> None:
        self.size = 0
        # Roots of the full subtrees, largest first: one for each bit of the size.
        self._full: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        self._full.append(leaf)
        self.size += 1
        size = self.size
        while size & 1 == 0:
            right = self._full.pop()
            self._full[-1] = node_hash(self._full[-1], right)
            size >>= 1

    def root(self) -> bytes:
        if not self._full:
            return sha256(b"").digest()
        root = self._full[-1]
        for left in reversed(self._full[:-1]):
            root = node_hash(left, root)
        return root


def root_of(leaves: list[bytes]) -> bytes:
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def proven_root(index: int, size: int, leaf: bytes, proof: list[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to (RFC 9162 §2.1.3.2); None where its length does not fit."""
    if not 0 <= index < size:
        return None
    node, last, root = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    return root if last == 0 else None


def inclusion_proof(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 9162 §2.1.3.1; for the golden vectors."""
    if len(leaves) <= 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*inclusion_proof(index, leaves[:split]), root_of(leaves[split:])]
    return [*inclusion_proof(index - split, leaves[split:]), root_of(leaves[:split])]


TILE_HEIGHT = 8
TILE_WIDTH = 256


def tile_levels(leaves: list[bytes]) -> list[list[bytes]]:
    """The hashes of each tile level: entry i of level L+1 is the root of full tile i of level L."""
    levels = [leaves]
    while len(levels[-1]) >= TILE_WIDTH:
        below = levels[-1]
        starts = range(0, len(below) - TILE_WIDTH + 1, TILE_WIDTH)
        levels.append([root_of(below[at : at + TILE_WIDTH]) for at in starts])
    return levels


def tile_path(level: int, number: int, width: int = TILE_WIDTH) -> str:
    """`<L>/x001/234`, with `.p/<W>` where the tile is not full."""
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03d}")
    path = f"{level}/" + "/".join(groups)
    return path if width == TILE_WIDTH else f"{path}.p/{width}"
