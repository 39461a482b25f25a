"""A bag that is not whole, or not that of the catalogue, is refused."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import bagit
import pytest

from dossier.errors import BagInvalid
from storage.export.check import compare, read_bag
from storage.ledger import Ledger
from tests.twins.exported_house import ASKED, ExportedHouse
from tests.twins.papers import DOSSIER


@dataclass(frozen=True)
class Made:
    """A bag of two papers, and the ledger that knows them."""

    bag: Path
    ledger: Ledger


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("export")
    ledger = Ledger.open(f"sqlite:///{folder / 'ledger.sqlite'}")
    house = ExportedHouse(folder / "house", ledger)
    house.keep(1)
    house.keep(2, with_text=False)
    yield Made(house.exporter.dossier(DOSSIER, folder / "out", ASKED).path, ledger)
    ledger.close()


@pytest.fixture
def bag(made: Made, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return shutil.copytree(made.bag, tmp_path / "bag")


def flip_a_byte(bag: Path) -> None:
    pdf = next(bag.rglob("*.pdf"))
    content = bytearray(pdf.read_bytes())
    content[1000] ^= 1
    pdf.write_bytes(content)


def lose_a_file(bag: Path) -> None:
    next(bag.rglob("*.pdf")).unlink()


def add_a_file(bag: Path) -> None:
    (bag / "data" / "more.txt").write_text("x", encoding="utf-8")


def add_a_tag_file(bag: Path) -> None:
    (bag / "notes.txt").write_text("x", encoding="utf-8")


def rename_a_file(bag: Path) -> None:
    pdf = next(bag.rglob("*.pdf"))
    pdf.rename(pdf.with_name("renamed.pdf"))


def swap_two_files(bag: Path) -> None:
    one, other = sorted(bag.rglob("*.pdf"))
    one.rename(bag / "third")
    other.rename(one)
    (bag / "third").rename(other)


def put_a_link(bag: Path) -> None:
    pdf = next(bag.rglob("*.pdf"))
    pdf.rename(bag.parent / "outside.pdf")
    pdf.symlink_to(bag.parent / "outside.pdf")


def put_a_pipe(bag: Path) -> None:
    os.mkfifo(bag / "data" / "pipe")


def drop_a_line(bag: Path) -> None:
    for name in ("sha256", "sha512"):
        path = bag / f"manifest-{name}.txt"
        path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[1:]), encoding="utf-8")


def change_the_info(bag: Path) -> None:
    path = bag / "bag-info.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("sohoa", "so-hoa"), encoding="utf-8")


def lose_a_manifest(bag: Path) -> None:
    (bag / "manifest-sha512.txt").unlink()


def another_version(bag: Path) -> None:
    (bag / "bagit.txt").write_text("BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n", encoding="utf-8")


def list_something_outside(bag: Path) -> None:
    (bag.parent / "outside").write_bytes(b"x")
    for name in ("sha256", "sha512"):
        path = bag / f"manifest-{name}.txt"
        first, *rest = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join((first, *rest, f"{first.split()[0]}  ../outside\n")), encoding="utf-8")


def garble_a_manifest(bag: Path) -> None:
    (bag / "manifest-sha256.txt").write_bytes(b"\xff\xfe\n")


DAMAGES = [
    flip_a_byte,
    lose_a_file,
    add_a_file,
    add_a_tag_file,
    rename_a_file,
    swap_two_files,
    put_a_link,
    put_a_pipe,
    drop_a_line,
    change_the_info,
    lose_a_manifest,
    another_version,
    list_something_outside,
    garble_a_manifest,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_bag_that_is_not_whole_is_refused(bag: Path, damage: Callable[[Path], None]) -> None:
    read_bag(bag)
    damage(bag)

    with pytest.raises(BagInvalid):
        read_bag(bag)


def test_a_whole_bag_equals_the_catalogue(bag: Path, made: Made) -> None:
    assert compare(read_bag(bag), made.ledger) == 2


def test_a_bag_that_was_made_anew_around_another_paper_is_not_that_of_the_catalogue(bag: Path, made: Made) -> None:
    flip_a_byte(bag)
    bagit.Bag(str(bag)).save(manifests=True)
    forged = read_bag(bag)

    with pytest.raises(BagInvalid, match="another in the catalogue"):
        compare(forged, made.ledger)


def test_a_bag_whose_manifest_of_a_record_is_of_another_paper_is_refused(bag: Path, made: Made) -> None:
    one, other = sorted((bag / "data/metadata/other").glob("*.manifest-0001.json"))
    other.write_bytes(one.read_bytes())
    bagit.Bag(str(bag)).save(manifests=True)

    with pytest.raises(BagInvalid, match="another in the catalogue"):
        compare(read_bag(bag), made.ledger)


def test_a_bag_of_records_that_the_catalogue_does_not_know_is_told(bag: Path, made: Made, tmp_path: Path) -> None:
    whole = read_bag(bag)
    elsewhere = Ledger.open(f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    try:
        with pytest.raises(BagInvalid, match="not in the catalogue"):
            compare(whole, elsewhere)
        with pytest.raises(BagInvalid, match="no record"):
            compare(replace(whole, payload={}), made.ledger)
    finally:
        elsewhere.close()
