"""What is encrypted comes back whole, damage is seen, and the format is not ours."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.errors import FileChanged, StoreCorrupt, StoreUnavailable
from dossier.values import Sha256
from storage.files import hash_of, promised_bytes
from storage.keys.key_ring import Masters, open_ring
from storage.keys.master_key import FileMasterKey
from storage.keys.vault import Vault
from storage.objects.buckets import Buckets
from tests.twins.memory_objects import MemoryObjects

BUCKETS = Buckets("kho")
LETTERS = "5e" * 32
MASTER = FileMasterKey(LETTERS)
AGE_CHUNK = 64 * 1024
SEALED_CHUNK = AGE_CHUNK + 16
"""A chunk of the format with its tag."""


def prepared() -> MemoryObjects:
    store = MemoryObjects()
    for name, locked in BUCKETS.each():
        store.make_bucket(name, locked=locked)
    return store


STORE = prepared()
VAULT = Vault.open(STORE, BUCKETS, MASTER)
THREE_CHUNKS = os.urandom(3 * AGE_CHUNK + 100)
SECRET = VAULT.encrypt_bytes(THREE_CHUNKS)
BODY = len(SECRET) - 3 * SEALED_CHUNK - 116
"""Where the chunks begin."""


def pieces(data: bytes, size: int = 10_000) -> Iterator[bytes]:
    yield from (data[start : start + size] for start in range(0, len(data), size))


def swapped(data: bytes) -> bytes:
    first, second = data[BODY : BODY + SEALED_CHUNK], data[BODY + SEALED_CHUNK : BODY + 2 * SEALED_CHUNK]
    return data[:BODY] + second + first + data[BODY + 2 * SEALED_CHUNK :]


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


sizes = st.integers(0, 200_000) | st.builds(
    lambda chunks, more: max(0, chunks * AGE_CHUNK + more), st.integers(0, 3), st.integers(-2, 2)
)


@settings(max_examples=30, deadline=None)
@given(size=sizes, piece=st.sampled_from((97, 8192, 1 << 14, SEALED_CHUNK, 1 << 20)))
def test_whatever_its_size_and_however_it_is_cut_a_file_comes_back_as_it_was(size: int, piece: int) -> None:
    plain = os.urandom(size)
    with TemporaryDirectory() as folder:
        secret = VAULT.encrypt_stream(pieces(plain, piece), Path(folder, "secret")).read_bytes()

        assert VAULT.decrypt(pieces(secret, piece), Path(folder, "plain")).read_bytes() == plain
    assert VAULT.decrypt_bytes(secret) == plain
    assert size < 8 or plain[:64] not in secret
    assert len(secret) - size < 400 + 16 * (size // AGE_CHUNK + 1)


def test_a_file_is_encrypted_and_decrypted_as_a_stream(tmp_path: Path) -> None:
    (tmp_path / "scan").write_bytes(THREE_CHUNKS)

    promised = promised_bytes(tmp_path / "scan", size=len(THREE_CHUNKS), expected=hash_of((THREE_CHUNKS,)))
    secret = VAULT.encrypt_stream(promised, tmp_path / "out" / "secret")
    plain = VAULT.decrypt(pieces(secret.read_bytes()), tmp_path / "out" / "plain")

    assert plain.read_bytes() == THREE_CHUNKS
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["plain", "secret"]


def test_the_same_bytes_are_never_encrypted_alike() -> None:
    assert VAULT.encrypt_bytes(b"paper") != VAULT.encrypt_bytes(b"paper")


DAMAGES = {
    "nothing": b"",
    "no age file": b"%PDF-1.7 " * 100,
    "only a header": SECRET[:BODY],
    "half a header": SECRET[:100],
    "the last byte is missing": SECRET[:-1],
    "the last chunk is missing": SECRET[: BODY + 3 * SEALED_CHUNK],
    "all but one chunk is missing": SECRET[: BODY + SEALED_CHUNK],
    "a byte too much": SECRET + b"\x00",
    "a second file behind": SECRET + SECRET,
    "chunks swapped": swapped(SECRET),
    "chunk doubled": SECRET[: BODY + SEALED_CHUNK] + SECRET[BODY:],
    "version flipped": flipped(SECRET, 3),
    "stanza flipped": flipped(SECRET, 40),
    "header's tag flipped": flipped(SECRET, BODY - 30),
    "nonce flipped": flipped(SECRET, BODY - 5),
    "first chunk flipped": flipped(SECRET, BODY + 1),
    "last byte flipped": flipped(SECRET, -1 % len(SECRET)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_seen_and_leaves_no_file(tmp_path: Path, damage: str) -> None:
    with pytest.raises(StoreCorrupt):
        VAULT.decrypt(pieces(DAMAGES[damage]), tmp_path / "plain")
    with pytest.raises(StoreCorrupt):
        VAULT.decrypt_bytes(DAMAGES[damage])

    assert not list(tmp_path.iterdir())


@settings(max_examples=30, deadline=None)
@given(st.integers(0, len(SECRET) - 1), st.integers(0, 7))
def test_every_flipped_bit_is_seen(at: int, bit: int) -> None:
    spoilt = bytearray(SECRET)
    spoilt[at] ^= 1 << bit

    with pytest.raises(StoreCorrupt):
        VAULT.decrypt_bytes(bytes(spoilt))


def test_a_damaged_object_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"from before")

    with pytest.raises(StoreCorrupt):
        VAULT.decrypt(pieces(SECRET[:-1]), tmp_path / "plain")

    assert (tmp_path / "plain").read_bytes() == b"from before"


def test_an_object_of_another_warehouse_is_not_opened() -> None:
    with pytest.raises(StoreCorrupt, match="no ring key"):
        VAULT.decrypt_bytes(Vault.open(prepared(), BUCKETS, MASTER).encrypt_bytes(b"paper"))


def test_a_ring_that_another_thread_read_again_meanwhile_opens_what_the_one_tried_did_not() -> None:
    store = prepared()
    vault, other = Vault.open(store, BUCKETS, MASTER), Vault.open(store, BUCKETS, MASTER)
    other.new_ring_key()
    secret, try_one, tries = other.encrypt_bytes(b"paper"), vault._decrypts, []

    def overtaken(*asked: Any) -> bool:
        opened = try_one(*asked)
        tries.append(opened)
        if len(tries) == 1:  # the other thread begins after the first try of this one, and ends before its second
            assert vault.decrypt_bytes(secret) == b"paper"
        return opened

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(vault, "_decrypts", overtaken)

        assert vault.decrypt_bytes(secret) == b"paper"
    assert tries[0] is False


@pytest.mark.parametrize("given_before", [0, 50, 100_000])
def test_a_store_that_goes_away_meanwhile_is_no_damage(tmp_path: Path, given_before: int) -> None:
    def cut_off() -> Iterator[bytes]:
        yield SECRET[:given_before]
        raise StoreUnavailable("connection reset")

    with pytest.raises(StoreUnavailable, match="connection reset"):
        VAULT.decrypt(cut_off(), tmp_path / "plain")
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_no_damage() -> None:
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError, match="No space left"):
        VAULT._decrypt(pieces(SECRET), full)  # no folder is full at will
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError, match="No space left"):
        VAULT._encrypt(pieces(THREE_CHUNKS), full)


def test_a_source_that_changes_meanwhile_is_not_encrypted(tmp_path: Path) -> None:
    (tmp_path / "scan").write_bytes(THREE_CHUNKS)
    promised = promised_bytes(tmp_path / "scan", size=len(THREE_CHUNKS), expected=Sha256("0" * 64))

    with pytest.raises(FileChanged):
        VAULT.encrypt_stream(promised, tmp_path / "secret")
    assert [path.name for path in tmp_path.iterdir()] == ["scan"]


def test_a_link_that_took_the_place_of_a_scan_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"not for the archive")
    (tmp_path / "scan").symlink_to(tmp_path / "other")
    promised = promised_bytes(tmp_path / "scan", size=19, expected=hash_of((b"not for the archive",)))

    with pytest.raises(OSError, match="symbolic"):
        VAULT.encrypt_stream(promised, tmp_path / "secret")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "scan"]


LARGE = """
import resource, sys
from pathlib import Path
from storage.files import hash_file, promised_bytes
from storage.objects.buckets import Buckets
from storage.keys.master_key import FileMasterKey
from storage.keys.vault import Vault
from tests.twins.memory_objects import MemoryObjects
folder = Path(sys.argv[1])
store, buckets = MemoryObjects(), Buckets("kho")
for name, locked in buckets.each():
    store.make_bucket(name, locked=locked)
vault = Vault.open(store, buckets, FileMasterKey("5e" * 32))
vault.decrypt_bytes(vault.encrypt_bytes(b"warm"))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
scan = folder / "scan"
promised = promised_bytes(scan, size=scan.stat().st_size, expected=hash_file(scan))
secret = vault.encrypt_stream(promised, folder / "secret")
with secret.open("rb") as file:
    vault.decrypt(iter(lambda: file.read(1 << 20), b""), folder / "plain")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_large_file_is_never_in_memory(tmp_path: Path) -> None:
    with (tmp_path / "scan").open("wb") as scan:
        scan.truncate(64 * 1024 * 1024)

    done = subprocess.run(
        [sys.executable, "-c", LARGE, str(tmp_path)], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip

    assert int(done.stdout) < 16 * 1024, "KiB that the process grew by"
    assert (tmp_path / "plain").stat().st_size == 64 * 1024 * 1024


def test_the_program_age_opens_an_object_with_the_ring_key(tmp_path: Path) -> None:
    ring_key = open_ring(STORE, BUCKETS, Masters(MASTER))[0]
    (tmp_path / "identity.txt").write_text(ring_key.secret + "\n")
    (tmp_path / "object").write_bytes(SECRET)

    opened = subprocess.run(
        ["age", "--decrypt", "-i", str(tmp_path / "identity.txt"), str(tmp_path / "object")],
        capture_output=True,
        check=True,
    )

    assert opened.stdout == THREE_CHUNKS


def test_what_the_program_age_encrypted_for_the_ring_is_opened(tmp_path: Path) -> None:
    recipient = open_ring(STORE, BUCKETS, Masters(MASTER))[0].wrapping.recipient
    (tmp_path / "plain").write_bytes(THREE_CHUNKS)

    made = subprocess.run(["age", "-r", recipient, str(tmp_path / "plain")], capture_output=True, check=True)

    assert VAULT.decrypt_bytes(made.stdout) == THREE_CHUNKS


def test_the_recipe_of_the_manual_opens_the_archive_without_this_program(tmp_path: Path) -> None:
    manual = (Path(__file__).parents[3] / "docs" / "keys.md").read_text(encoding="utf-8")
    recipe = re.search(r"```python\n(.*?)```", manual, re.DOTALL)
    assert recipe is not None
    (tmp_path / "0001.json").write_bytes(b"".join(STORE.read(BUCKETS.keys, "keyring/0001.json")))
    (tmp_path / "object").write_bytes(SECRET)

    told = subprocess.run(
        [sys.executable, "-I", "-c", recipe[1], "0001.json", LETTERS],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    (tmp_path / "identity.txt").write_text(told.stdout)
    opened = subprocess.run(["age", "-d", "-i", "identity.txt", "object"], capture_output=True, check=True, cwd=tmp_path)

    assert opened.stdout == THREE_CHUNKS
