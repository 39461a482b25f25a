"""Reading a bag back: nothing missing, nothing changed, nothing that is not listed; then held against the catalogue."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dossier.errors import BagInvalid, StoreCorrupt
from dossier.values import Sha256
from storage.catalogue import Catalogue
from storage.export.bag import ALGORITHMS, DECLARATION, PAYLOAD
from storage.export.values import DATA, RECORDS
from storage.files import CHUNK
from storage.records.manifest import parts_of
from storage.records.manifest_form import from_bytes

_LINE: Final = re.compile(r"([0-9a-f]+) [ *]?([^ *].*)")
_LETTERS: Final = {"sha256": 64, "sha512": 128}
_OXUM: Final = re.compile(r"^Payload-Oxum: *(\d+)\.(\d+)$", re.MULTILINE)
_PDF: Final = re.compile(rf"{PAYLOAD}/{DATA}/([0-9a-f]{{32}})\.pdf")
_TAGS: Final = ("bagit.txt", "bag-info.txt", *(f"manifest-{name}.txt" for name in ALGORITHMS))


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag that is whole."""

    folder: Path
    payload: Mapping[str, Sha256]
    """Path below the bag to SHA-256, of every payload file."""
    size: int
    """Bytes of the payload."""

    @property
    def records(self) -> dict[str, Sha256]:
        """Id of a record to the hash of its PDF."""
        found = ((_PDF.fullmatch(path), sha256) for path, sha256 in self.payload.items())
        return {match[1]: sha256 for match, sha256 in found if match}


def read_bag(folder: Path) -> Bag:
    """Read every byte of a bag and compare it with both of its manifests.

    Raises:
        BagInvalid: it is not whole; names the first path at fault.
    """
    if _text(folder, "bagit.txt") != DECLARATION:
        raise BagInvalid("bagit.txt is not that of BagIt 1.0 in UTF-8")
    payload = _manifests(folder, "manifest")
    tags = _manifests(folder, "tagmanifest")
    there = dict(_files(folder))
    unlisted = set(there) - set(payload) - set(tags) - {f"tagmanifest-{name}.txt" for name in ALGORITHMS}
    if unlisted:
        raise BagInvalid(f"{min(unlisted)} is not listed")
    if any(not path.startswith(f"{PAYLOAD}/") for path in payload) or set(tags) != set(_TAGS):
        raise BagInvalid("a manifest lists what is not its own")
    for path, expected in {**tags, **payload}.items():
        if path not in there:
            raise BagInvalid(f"{path} is missing")
        if _digests(folder / path) != expected:
            raise BagInvalid(f"{path} is not what it was")
    size = sum(there[path] for path in payload)
    oxum = _OXUM.search(_text(folder, "bag-info.txt"))
    if oxum is None or (int(oxum[1]), int(oxum[2])) != (size, len(payload)):
        raise BagInvalid("Payload-Oxum does not fit the payload")
    return Bag(folder, {path: Sha256(digests["sha256"]) for path, digests in payload.items()}, size)


def compare(bag: Bag, catalogue: Catalogue) -> int:
    """Hold the papers of a whole bag against the catalogue; how many are in it, with equal hashes.

    Raises:
        BagInvalid: one is unknown there, or another; or there is no paper at all.
    """
    records = bag.records
    for record_id, sha256 in records.items():
        row = catalogue.record(record_id)
        if row is None:
            raise BagInvalid(f"record {record_id} is not in the catalogue")
        if row.sha256 != sha256 or _told(bag.folder, record_id) != sha256:
            raise BagInvalid(f"record {record_id} is another in the catalogue")
    if not records:
        raise BagInvalid("there is no record in it")
    return len(records)


def _told(folder: Path, record_id: str) -> Sha256:
    """The hash of the PDF that the first manifest of a record tells."""
    path = folder / PAYLOAD / RECORDS / f"{record_id}.manifest-0001.json"
    try:
        return parts_of(from_bytes(path.read_bytes())).content.sha256
    except (OSError, StoreCorrupt) as error:
        raise BagInvalid(f"the manifest of record {record_id} cannot be read") from error


def _text(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BagInvalid(f"{name} cannot be read") from error


def _manifests(folder: Path, kind: str) -> dict[str, dict[str, str]]:
    """Path to digests, one of each algorithm."""
    found: dict[str, dict[str, str]] = {}
    for algorithm in ALGORITHMS:
        name = f"{kind}-{algorithm}.txt"
        for line in _text(folder, name).splitlines():
            entry = _LINE.fullmatch(line)
            if entry is None or len(entry[1]) != _LETTERS[algorithm] or algorithm in found.get(entry[2], {}):
                raise BagInvalid(f"{name} cannot be read")
            found.setdefault(entry[2], {})[algorithm] = entry[1]
    for path, digests in found.items():
        if len(digests) != len(ALGORITHMS):
            raise BagInvalid(f"{path} is not listed in each {kind}")
    return found


def _files(folder: Path) -> Iterator[tuple[str, int]]:
    """Every file below a folder with its size; anything else (links, pipes) has no place in a bag."""
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = Path(place, name)
            status = path.lstat()
            if stat.S_ISREG(status.st_mode):
                yield path.relative_to(folder).as_posix(), status.st_size
            elif not stat.S_ISDIR(status.st_mode):
                raise BagInvalid(f"{path.relative_to(folder)} is not a plain file")


def _digests(path: Path) -> dict[str, str]:
    running = {name: make() for name, make in ALGORITHMS.items()}
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            for digest in running.values():
                digest.update(chunk)
    return {name: digest.hexdigest() for name, digest in running.items()}
