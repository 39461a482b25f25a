"""A store of plain files, for a house where no S3 server can be installed; chosen explicitly, never a fallback.

It keeps versions and writes whole objects or none, but a lock or a legal hold is only a note beside the bytes: this program
heeds it, a person with the disk need not. See `limits`.

Layout: `<root>/<bucket>/=<key, percent-encoded>/<number>-<sha256>.data`, with `<number>-<sha256>.lock.json` beside a
locked version, which holds its own hash. Names that begin with a dot are unfinished writes of a crash and do not count.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote, unquote

from dossier.errors import Misconfigured, NoSuchObject, PlaceGone, RecordBound, StoreCorrupt, StoreFailed
from storage.files import CHUNK, sync_folder
from storage.objects.folder_files import Note, alone_in, note_of, note_path, our_errors, write_note, write_whole
from storage.objects.store import Body, Head, Listed

MARKER: Final = ".sohoa-store"
"""Lies in the root from the day the store was made; where it is missing, the disk is."""
_LOCKED: Final = ".locked"
_DATA: Final = ".data"


def limits() -> tuple[tuple[str, str], ...]:
    """What this store cannot do, a (Vietnamese, English) sentence each."""
    return (
        (
            "Không có WORM: người có quyền trên ổ đĩa vẫn xóa hoặc sửa được bản ghi còn thời hạn lưu trữ.",
            "No WORM: who has rights on the disk can delete or change a record before its time.",
        ),
        (
            "Phong tỏa và thời hạn chỉ là ghi chú mà phần mềm này tuân theo.",
            "Legal holds and lock times are notes that only this program heeds.",
        ),
        (
            "Không phân quyền theo người dùng: ai đọc được thư mục thì đọc được mọi tệp.",
            "No rights per user: who can read the folder can read every file.",
        ),
        (
            "Chỉ một bản trên một ổ đĩa; ổ hỏng là mất nếu không có kho dự phòng.",
            "One copy on one disk; without a replica a broken disk loses it.",
        ),
    )


class FolderStore:
    """The verbs of `storage.objects.store.ObjectStore` over plain files.

    Args:
        root: a folder made by `create`; it may be away for a time (every verb then raises PlaceGone).
    """

    keeps_locks = False

    def __init__(self, root: Path) -> None:
        self._root = root

    @classmethod
    def create(cls, root: Path) -> Self:
        """Make the store, once; a root that is a store already stays as it is.

        Raises:
            Misconfigured: the folder holds something else.
        """
        with our_errors():
            root.mkdir(parents=True, exist_ok=True)
            marker = root / MARKER
            if not marker.exists():
                if any(root.iterdir()):
                    raise Misconfigured("the folder of the store holds something else")
                write_whole(marker, b"sohoa store 1\n")
        return cls(root)

    def has_bucket(self, bucket: str) -> bool:
        """Whether the store has the bucket."""
        with our_errors():
            return self._place(bucket).is_dir()

    def make_bucket(self, bucket: str, *, locked: bool) -> None:
        """Have a bucket; an existing one stays as it is.

        Raises:
            Misconfigured: the bucket is there without the lock.
        """
        with our_errors():
            place = self._place(bucket)
            if place.is_dir():
                if locked and not (place / _LOCKED).exists():
                    raise Misconfigured(f"bucket {bucket} has no object lock; use another bucket_prefix")
                return
            made = Path(tempfile.mkdtemp(dir=self._root, prefix=".making-"))
            if locked:
                write_whole(made / _LOCKED, b"")
            with suppress(FileExistsError):  # made by another process meanwhile
                made.rename(place)
            sync_folder(self._root)

    def set_policy(self, bucket: str, policy: Mapping[str, object]) -> None:
        """Nothing: this store has no users; `limits` says so."""
        self._bucket(bucket)

    def head(self, bucket: str, key: str, version_id: str | None = None) -> Head | None:
        """What is known of an object, of the newest version where none is named."""
        with our_errors():
            found = self._find(bucket, key, version_id)
            if found is None:
                return None
            note = note_of(found)
            return Head(
                version_id=_version_of(found),
                size=found.stat().st_size,
                sha256=_version_of(found).partition("-")[2],
                lock_mode="COMPLIANCE" if note.until or note.damaged else None,
                locked_until=note.until,
                legal_hold=note.hold,
                lock_damaged=note.damaged,
            )

    def versions(self, bucket: str, key: str) -> tuple[str, ...]:
        """Versions of one object, oldest first."""
        with our_errors():
            return tuple(map(_version_of, _versions(self._bucket(bucket) / _name_of(key))))

    def listed(self, bucket: str, prefix: str = "") -> Iterator[Listed]:
        """Every version of every object below a prefix, in the order of the keys, the newest version first."""
        with our_errors():
            place = self._bucket(bucket)
            keys = sorted(unquote(entry.name[1:]) for entry in os.scandir(place) if entry.name.startswith("="))
        for key in (key for key in keys if key.startswith(prefix)):
            with our_errors():
                self._place(bucket)
                found = [(one, one.stat().st_size) for one in reversed(_versions(place / _name_of(key)))]
            for one, size in found:
                yield Listed(key, _version_of(one), size, one == found[0][0])

    def put_new(self, bucket: str, key: str, body: Body, *, locked_until: datetime | None = None) -> str | None:
        """Write an object where none is; of several writers at once one wins."""
        return self._put(bucket, key, body, locked_until, only_new=True)

    def put_version(self, bucket: str, key: str, body: Body, *, locked_until: datetime | None = None) -> str:
        """Write one more version of an object, whatever is there."""
        version_id = self._put(bucket, key, body, locked_until, only_new=False)
        if version_id is None:
            raise StoreFailed("an unconditional write was not made")
        return version_id

    def read(self, bucket: str, key: str, version_id: str | None = None) -> Iterator[bytes]:
        """Stream an object; a wrong byte is found by whoever hashes the stream, as with every store."""
        with our_errors():
            found = self._find(bucket, key, version_id)
            if found is None:
                raise NoSuchObject("no such version")
            file = found.open("rb")

        def stream() -> Iterator[bytes]:
            with file, our_errors(reading=True):
                while chunk := file.read(CHUNK):
                    yield chunk

        return stream()

    def extend_lock(self, bucket: str, key: str, version_id: str, until: datetime) -> None:
        """Note a later lock time; an earlier one than the present is refused. A damaged note is written anew, held."""
        with self._lockable(bucket, key, version_id) as path:
            note = note_of(path)
            if note.until is not None and until < note.until:
                raise RecordBound(f"locked until {note.until:%Y-%m-%d}")
            write_note(path, Note(until.astimezone(UTC), note.hold))

    def set_legal_hold(self, bucket: str, key: str, version_id: str, *, on: bool) -> None:
        """Note a legal hold, or its end; a damaged note is a hold that cannot be lifted."""
        with self._lockable(bucket, key, version_id) as path:
            note = note_of(path)
            if note.damaged and not on:
                raise StoreCorrupt("the note of a lock is damaged; the fixity check writes it anew")
            if not note.damaged:
                write_note(path, Note(note.until, on))

    def remove(self, bucket: str, key: str, version_id: str) -> None:
        """Delete one version unless its note forbids it; one that is gone is no error."""
        with self._alone_with(bucket, key, version_id) as path:
            if path is None:
                return
            note = note_of(path)
            if note.hold:
                raise RecordBound("legal hold")
            if note.until is not None and note.until > datetime.now(UTC):
                raise RecordBound(f"locked until {note.until:%Y-%m-%d}")
            path.unlink()
            sync_folder(path.parent)
            note_path(path).unlink(missing_ok=True)

    def _put(self, bucket: str, key: str, body: Body, until: datetime | None, *, only_new: bool) -> str | None:
        with our_errors():
            place = self._bucket(bucket)
            if until is not None and not (place / _LOCKED).exists():
                raise StoreFailed("a lock in a bucket without object lock")
            folder = place / _name_of(key)
            if not folder.is_dir():
                folder.mkdir(exist_ok=True)
                sync_folder(place)
            if only_new and _versions(folder):
                return None
            handle, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
            part = Path(name)
            try:
                _fill(handle, body)
                return _publish(part, folder, body, until, only_new=only_new)
            finally:
                part.unlink(missing_ok=True)

    def _find(self, bucket: str, key: str, version_id: str | None) -> Path | None:
        found = _versions(self._bucket(bucket) / _name_of(key))
        if version_id is None:
            return found[-1] if found else None
        return next((one for one in found if _version_of(one) == version_id), None)

    @contextmanager
    def _alone_with(self, bucket: str, key: str, version_id: str) -> Iterator[Path | None]:
        """A version, None where there is none, while nobody else writes its key or its notes."""
        with our_errors():
            folder = self._bucket(bucket) / _name_of(key)
            if not folder.is_dir():
                yield None
                return
            with alone_in(folder):
                yield self._find(bucket, key, version_id)

    @contextmanager
    def _lockable(self, bucket: str, key: str, version_id: str) -> Iterator[Path]:
        with self._alone_with(bucket, key, version_id) as path:
            if path is None:
                raise NoSuchObject("no such version")
            if not (self._bucket(bucket) / _LOCKED).exists():
                raise StoreFailed("a lock in a bucket without object lock")
            yield path

    def _place(self, bucket: str) -> Path:
        if not (self._root / MARKER).is_file():
            raise PlaceGone("the folder of the store bears no marker")
        return self._root / bucket

    def _bucket(self, bucket: str) -> Path:
        place = self._place(bucket)
        if not place.is_dir():
            raise Misconfigured(f"there is no bucket {bucket}")
        return place


def _name_of(key: str) -> str:
    return "=" + quote(key, safe="")


def _version_of(path: Path) -> str:
    return path.name.removesuffix(_DATA)


def _versions(folder: Path) -> list[Path]:
    """Whole versions, oldest first."""
    if not folder.is_dir():
        return []
    whole = [one for one in folder.iterdir() if one.name.endswith(_DATA) and not one.name.startswith(".")]
    return sorted(whole, key=lambda one: one.name)


def _fill(handle: int, body: Body) -> None:
    digest, size = sha256(), 0
    with os.fdopen(handle, "wb") as out:
        for chunk in body.chunks:
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if size != body.size or digest.hexdigest() != body.sha256:
        raise StoreCorrupt(f"{size} of {body.size} bytes, not those of {body.sha256[:12]}")


def _publish(part: Path, folder: Path, body: Body, until: datetime | None, *, only_new: bool) -> str | None:
    with alone_in(folder):
        before = _versions(folder)
        if only_new and before:
            return None
        number = int(before[-1].name.partition("-")[0]) + 1 if before else 1
        path = folder / f"{number:08d}-{body.sha256}{_DATA}"
        note_path(path).unlink(missing_ok=True)  # of a write that died before its bytes had a name
        if until is not None:
            write_note(path, Note(until.astimezone(UTC)))
        part.rename(path)
        sync_folder(folder)
    return _version_of(path)
