from pathlib import Path

import pytest
from PIL import Image

from bench.systems import Job, System, chosen
from bench.truth import TruePage

PAGES = tuple(TruePage(number, "letter", "gray", dpi, False, ("a",)) for number, dpi in ((1, (200, 200)), (2, (204, 98))))


def picture(tmp_path: Path, dpi: tuple[int, int] | None) -> Job:
    source = tmp_path / "in.png"
    Image.new("L", (8, 8)).save(source, **({"dpi": dpi} if dpi else {}))
    return Job(source, PAGES[:1], tmp_path, cores=3)


def system(name: str) -> System:
    [one] = chosen([name])
    return one


@pytest.mark.parametrize("dpi", [None, (72, 72)])
def test_ocrmypdf_is_told_a_resolution_that_is_missing_or_not_believed(tmp_path: Path, dpi: tuple[int, int] | None) -> None:
    argv = system("ocrmypdf").argv(picture(tmp_path, dpi))

    assert argv[argv.index("--image-dpi") + 1] == "200"


def test_ocrmypdf_takes_a_resolution_that_the_picture_tells(tmp_path: Path) -> None:
    assert "--image-dpi" not in system("ocrmypdf").argv(picture(tmp_path, (300, 300)))


def test_every_system_gets_one_thread_a_process_and_the_same_cores(tmp_path: Path) -> None:
    job = picture(tmp_path, (300, 300))
    commands = {one.name: one.argv(job) for one in chosen(None)}

    assert all(argv[:3] == ["env", "OMP_THREAD_LIMIT=1", "SOHOA_CORES=3"] for argv in commands.values())
    assert all(argv[argv.index("--jobs") + 1] == "3" for name, argv in commands.items() if name.startswith("ocrmypdf"))


def test_tesseract_reads_the_pages_of_a_pdf_at_their_own_resolution(tmp_path: Path) -> None:
    script = system("tesseract").argv(Job(tmp_path / "in.pdf", PAGES, tmp_path, cores=2))[-1]

    assert "-rx 200 -ry 200 -f 1 -l 1" in script
    assert "-rx 204 -ry 98 -f 2 -l 2" in script
    assert (tmp_path / "pictures").read_text(encoding="utf-8").split() == [
        str(tmp_path / "page-0001.tif"),
        str(tmp_path / "page-0002.tif"),
    ]


def test_an_unknown_system_is_named() -> None:
    with pytest.raises(ValueError, match="no system is called acrobat"):
        chosen(["sohoa", "acrobat"])


def test_what_is_no_picture_is_left_to_the_system_to_refuse(tmp_path: Path) -> None:
    (tmp_path / "in.png").write_bytes(b"no picture")

    assert "--image-dpi" not in system("ocrmypdf").argv(Job(tmp_path / "in.png", PAGES[:1], tmp_path, cores=2))
