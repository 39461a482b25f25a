"""A BagIt 1.0 bag (RFC 8493) on its way: every file hashed with SHA-256 and SHA-512 while it is written, and durable."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256, sha512
from pathlib import Path
from typing import Final

from dossier.errors import StoreCorrupt
from dossier.values import Sha256
from storage.export.values import VIETNAM, Payload
from storage.files import sync_folder

DECLARATION: Final = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PAYLOAD: Final = "data"
ALGORITHMS: Final = {"sha256": sha256, "sha512": sha512}


class Payloads:
    """Writes files below a folder and remembers them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.written: list[Payload] = []

    def write(self, path: str, chunks: Iterable[bytes], media_type: str, *, expected: Sha256 | None = None) -> Payload:
        """Write one file, streamed and durable.

        Args:
            path: below the folder, with slashes.
            chunks: its bytes.
            media_type: what they are.
            expected: their SHA-256, where it is known.

        Raises:
            StoreCorrupt: they are not those.
        """
        payload = _written(self.root, path, chunks, media_type)
        if expected is not None and payload.sha256 != expected:
            raise StoreCorrupt(f"expected {expected[:12]}, read {payload.sha256[:12]}")
        self.written.append(payload)
        return payload

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(payload.size for payload in self.written)

    def close(self) -> None:
        """Make every name durable."""
        for place, _, _ in os.walk(self.root):
            sync_folder(Path(place))


def make_bag(folder: Path, payloads: Payloads, info: Mapping[str, str]) -> None:
    """Write the tag files that make a folder a bag; then every name is durable.

    Args:
        folder: the bag; the payloads lie in ``folder/data``.
        payloads: all that was written there.
        info: label to value of `bag-info.txt`, beside those that are counted here.
    """
    today = datetime.now(VIETNAM).date().isoformat()
    counted = {"Bagging-Date": today, "Payload-Oxum": f"{payloads.size}.{len(payloads.written)}"}
    lines = "".join(f"{label}: {value}\n" for label, value in {**info, **counted}.items())
    texts = {"bagit.txt": DECLARATION, "bag-info.txt": lines}
    named = [(f"{PAYLOAD}/{one.path}", one) for one in payloads.written]
    texts |= {f"manifest-{name}.txt": _listed(name, named) for name in ALGORITHMS}
    tags = [(name, _written(folder, name, (text.encode(),), "text/plain")) for name, text in texts.items()]
    for name in ALGORITHMS:
        _written(folder, f"tagmanifest-{name}.txt", (_listed(name, tags).encode(),), "text/plain")
    payloads.close()
    sync_folder(folder)


def _listed(algorithm: str, named: Sequence[tuple[str, Payload]]) -> str:
    return "".join(f"{getattr(one, algorithm)}  {path}\n" for path, one in sorted(named, key=lambda entry: entry[0]))


def _written(root: Path, path: str, chunks: Iterable[bytes], media_type: str) -> Payload:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    short, long, size = sha256(), sha512(), 0
    with place.open("xb") as file:
        for chunk in chunks:
            short.update(chunk)
            long.update(chunk)
            size += file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    digests = Sha256(short.hexdigest()), long.hexdigest()
    return Payload(path, *digests, size, media_type, datetime.now(UTC))
