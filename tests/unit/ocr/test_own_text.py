"""Text that PDF pages bring along: what is kept, what is found out, and what it may cost."""

from __future__ import annotations

import time
import unicodedata
from pathlib import Path

import numpy as np
import pikepdf
import psutil
import pytest

from dossier.errors import Misconfigured
from dossier.values import Box
from ocr.own_text import OwnText, own_text
from ocr.own_words import MOST_WORDS, as_seen
from ocr.scans import open_scan
from tests.twins.drawn_pages import DIGITS, TEXT
from tests.twins.typed_pages import (
    ACROSS,
    CELL_ACROSS,
    CELL_DOWN,
    DOWN,
    ENGLISH,
    GRID,
    Draw,
    full_scan,
    grid,
    office_text,
    picture,
    table_and_seal,
    text,
    typed_pdf,
    white_patch,
    without_unicode,
)
from tests.twins.worded_pages import draw_page, jpeg_bytes, scanner_pdf

PER_POINT = 300 / 72

TCVN3 = (
    "Céng hßa x· héi chñ nghÜa ViÖt Nam",
    "§éc lËp - Tù do - H¹nh phóc",
    "KÝnh göi: ñy ban nh©n d©n ph\u00adêng §ång T©m",
)
ENGLISH_OCR = ("TIIANH PHO DA NANG", "CONG HOA XA HOI CHU NGHIA VIET NAM", "Doc lap - Tu do - Hanh phuc")


def ask(path: Path, number: int = 1, *, seconds: float = 10.0, program: str = "pdftotext") -> OwnText | None:
    return own_text(path, number, open_scan(path, number), seconds=seconds, program=program)


def said(own: OwnText | None) -> str:
    assert own is not None
    return "\n".join(line.text for line in own.lines)


def program(tmp_path: Path, script: str) -> str:
    made = tmp_path / "pdftotext"
    made.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    made.chmod(0o755)
    return str(made)


def test_a_typed_page_keeps_its_own_text(tmp_path: Path) -> None:
    own = ask(typed_pdf(tmp_path / "a.pdf", [office_text()]))

    assert said(own) == "\n".join(line for line in TEXT if line)
    assert own is not None
    assert own.keep
    assert own.note == "own_text"
    assert {word.confidence for line in own.lines for word in line.words} == {1.0}


@pytest.mark.parametrize("crop", [None, (30.24, 21.12, 564.96, 800.16)])
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_boxes_lie_around_the_ink_in_the_upright_frame(tmp_path: Path, rotate: int, crop: tuple[float, ...] | None) -> None:
    path = typed_pdf(tmp_path / "a.pdf", [grid()], rotate=rotate, crop=crop)
    own = ask(path)

    assert own is not None
    assert own.turn == rotate
    upright = np.rot90(open_scan(path, 1).pixels(), rotate // 90)[:, :, 0] < 160
    left, top = crop[:2] if crop else (0.0, 0.0)
    boxes = {word.text: word.box for line in own.lines for word in line.words}
    for place, word in enumerate(GRID):
        column, row = place % 5, place // 5
        cell_left = round((50 + CELL_ACROSS * column - left) * PER_POINT)
        cell_top = round((100 - 40 + CELL_DOWN * row - top) * PER_POINT)
        cell = upright[cell_top : cell_top + round(55 * PER_POINT), cell_left : cell_left + round(90 * PER_POINT)]
        rows, columns = np.flatnonzero(cell.any(axis=1)), np.flatnonzero(cell.any(axis=0))
        ink = Box(cell_left + columns[0], cell_top + rows[0], cell_left + columns[-1] + 1, cell_top + rows[-1] + 1)
        box = boxes[unicodedata.normalize("NFC", word)]
        assert (box.left, box.top, box.right, box.bottom) == pytest.approx(
            (ink.left, ink.top, ink.right, ink.bottom), abs=3
        ), word


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_turned_page_is_read_from_its_top(tmp_path: Path, rotate: int) -> None:
    sides = [text("Nơi nhận:", left=60, top=600), text("CHỦ TỊCH", left=400, top=602)]

    own = ask(typed_pdf(tmp_path / "a.pdf", [*sides, office_text()], rotate=rotate))

    assert own is not None
    assert own.turn == rotate
    assert said(own).splitlines() == [*filter(None, TEXT), "Nơi nhận:", "CHỦ TỊCH"]


def test_a_page_that_its_rotation_shows_upright_is_not_turned(tmp_path: Path) -> None:
    sideways = text("Cộng hòa xã hội chủ nghĩa Việt Nam", left=300, top=700, rotate=90)

    own = ask(typed_pdf(tmp_path / "a.pdf", [sideways], rotate=90))

    assert own is not None
    assert own.turn == 0
    assert said(own) == "Cộng hòa xã hội chủ nghĩa Việt Nam"


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("o\ufb03ce", "office"),
        ("12/Q\u0110\u00adUBND", "12/QĐ-UBND"),
        ("\u00d0\u1ed8C", "ĐỘC"),
        ("a\u200bb\ufeff", "ab"),
        ("\uf0b7", "•"),
        (unicodedata.normalize("NFD", "Nghĩa"), "Nghĩa"),
        ("H\u2082O", "H\u2082O"),
    ],
)
def test_letters_are_taken_as_a_reader_sees_them(written: str, seen: str) -> None:
    assert as_seen(written) == seen


def test_columns_are_read_block_by_block(tmp_path: Path) -> None:
    left = text("Ủy ban nhân dân", "phường Đồng Tâm", left=60, step=1.2)
    right = text("Cộng hòa xã hội chủ nghĩa", "Độc lập Tự do Hạnh phúc", left=320, step=1.2)

    own = ask(typed_pdf(tmp_path / "a.pdf", [left, right]))

    assert said(own).splitlines() == [
        *("Ủy ban nhân dân", "phường Đồng Tâm"),
        *("Cộng hòa xã hội chủ nghĩa", "Độc lập Tự do Hạnh phúc"),
    ]


SOUND = {
    "numbers only": [text(*DIGITS)],
    "English": [text(*ENGLISH)],
    "a few words": [text("HỒ SƠ", size=40)],
    "a table and a seal": [office_text(), table_and_seal()],
    "a small picture": [white_patch(500, 30, 530, 60), office_text()],
    "light on dark": [
        lambda page: page.draw_rect((50, 60, 545, 400), fill=(0.1, 0.2, 0.5)),
        text(*TEXT, color=(1, 1, 1)),
    ],
    "a watermark": [text("BẢN NHÁP", left=100, top=500, size=90, color=(0.9, 0.9, 0.9)), office_text()],
}


@pytest.mark.parametrize("what", SOUND)
def test_what_office_pages_have_besides_prose_does_no_harm(tmp_path: Path, what: str) -> None:
    own = ask(typed_pdf(tmp_path / "a.pdf", SOUND[what]))

    assert own is not None
    assert own.keep


UNSOUND: dict[str, tuple[list[Draw], str]] = {
    "an encoding of the nineties": ([text(*TCVN3)], "wrong_text"),
    "one in the letterhead": ([text(*TCVN3), text(*TEXT, top=200)], "wrong_text"),
    "a title over a pasted scan": ([text(TEXT[0]), picture(100, 120, 500, 520)], "not_all"),
    "prose and a pasted scan": ([office_text(), picture(60, 400, 540, 800)], "not_all"),
    "white letters": ([text(*TEXT, color=(1, 1, 1))], "hidden_text"),
    "letters beyond the edge": ([text(*TEXT, top=-900)], "nothing"),
    "letters under a picture": ([office_text(), white_patch(50, 60, 545, 330)], "hidden_text"),
    "much invisible beside the visible": ([office_text(), text(*TEXT, top=420, render_mode=3)], "hidden_text"),
    "transparent letters over drawn ones": ([text(TEXT[0]), text(*TEXT, fill_opacity=0)], "hidden_text"),
}


@pytest.mark.parametrize("what", UNSOUND)
def test_text_that_is_not_what_the_page_shows_is_not_kept(tmp_path: Path, what: str) -> None:
    draws, why = UNSOUND[what]

    own = ask(typed_pdf(tmp_path / "a.pdf", draws))

    assert (own.why if own else "nothing") == why
    assert own is None or (own.lines == () and not own.keep)
    assert (own.note if own else None) == ("text_replaced" if why == "wrong_text" else None)


def test_white_words_beside_the_seen_ones_are_left_out(tmp_path: Path) -> None:
    own = ask(typed_pdf(tmp_path / "a.pdf", [office_text(), text("#signature1#", top=600, color=(1, 1, 1))]))

    assert said(own) == "\n".join(line for line in TEXT if line)


def test_fonts_that_do_not_say_their_letters_are_found_out(tmp_path: Path) -> None:
    own = ask(without_unicode(typed_pdf(tmp_path / "a.pdf", [office_text()])))

    assert own is not None
    assert own.note == "text_replaced"


def test_a_good_layer_is_replaced_without_a_word_and_a_bad_one_with_a_note(tmp_path: Path) -> None:
    good = ask(typed_pdf(tmp_path / "good.pdf", [full_scan(), text(*TEXT, render_mode=3)]))
    bad = ask(typed_pdf(tmp_path / "bad.pdf", [full_scan(), text(*ENGLISH_OCR, render_mode=3)]))

    assert good == OwnText("layer", "sound")
    assert good.note is None
    assert bad == OwnText("layer", "wrong_text")
    assert bad.note == "text_replaced"


@pytest.mark.parametrize("over", [True, False])
def test_a_scan_with_text_typed_over_or_beneath_it_stays_a_scan(tmp_path: Path, *, over: bool) -> None:
    draws = [full_scan(), text(*TEXT)] if over else [text(*TEXT), full_scan()]

    assert ask(typed_pdf(tmp_path / "a.pdf", draws)) == OwnText("layer", "sound")


def test_a_picture_in_strips_is_a_scan_too(tmp_path: Path) -> None:
    strips = [picture(0, DOWN / 5 * strip, ACROSS, DOWN / 5 * (strip + 1)) for strip in range(5)]

    own = ask(typed_pdf(tmp_path / "a.pdf", [*strips, text("Số: 12/QĐ-UBND")]))

    assert own == OwnText("layer", "sound")


def test_each_page_of_a_mixed_file_is_asked_by_itself(tmp_path: Path) -> None:
    path = typed_pdf(tmp_path / "a.pdf", [full_scan()], [office_text()], [full_scan(), text(*ENGLISH_OCR, render_mode=3)])

    answers = [ask(path, number) for number in (1, 2, 3)]

    assert [own.note if own else None for own in answers] == [None, "own_text", "text_replaced"]
    assert answers[0] is None


def test_the_words_of_a_filled_form_are_its_text(tmp_path: Path) -> None:
    path = typed_pdf(tmp_path / "a.pdf", [text("Họ và tên:")])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        look = pdf.make_stream(b"BT /F0 12 Tf 2 4 Td (AN) Tj ET", Subtype=pikepdf.Name.Form, BBox=[0, 0, 90, 20])
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        look.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F0=font))
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T="a", Rect=[150, 755, 240, 775], F=4
        )
        note.AP = pikepdf.Dictionary(N=look)
        pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(note)])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pdf.pages[0].obj.Annots)
        pdf.save(path)

    assert set(said(ask(path)).split()) == {"Họ", "và", "tên:", "AN"}


def test_a_scan_without_text_never_starts_a_program(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(scanner_pdf([jpeg_bytes(draw_page().image)]))

    assert ask(path, program=str(tmp_path / "missing")) is None


def test_other_kinds_of_files_have_no_text(tmp_path: Path) -> None:
    path = tmp_path / "scan.jpg"
    path.write_bytes(jpeg_bytes(draw_page().image))

    assert ask(path, program=str(tmp_path / "missing")) is None


def test_a_missing_program_is_a_matter_for_the_operator(tmp_path: Path) -> None:
    path = typed_pdf(tmp_path / "a.pdf", [office_text()])

    with pytest.raises(Misconfigured, match="poppler-utils"):
        ask(path, program=str(tmp_path / "missing"))


def test_a_program_that_hangs_is_ended_and_the_page_is_recognised(tmp_path: Path) -> None:
    path = typed_pdf(tmp_path / "a.pdf", [office_text()])
    begun = time.monotonic()

    assert ask(path, seconds=0.3, program=program(tmp_path, "exec sleep 60")) is None
    assert time.monotonic() - begun < 10
    assert not [child for child in psutil.Process().children() if child.name() == "sleep"]


FLOODS = {
    "endless bytes": "exec yes '<word '",
    "too many words": f"""exec seq -f '<word xMin="1" yMin="1" xMax="2" yMax="2">%g</word>' {MOST_WORDS + 1}""",
    "broken markup": "printf '<doc><line <word xMin=\"1\" <<<& </word>'",
    "nothing": "exit 1",
    "broken UTF-8": "printf '<doc><line \\377\\376'",
}


@pytest.mark.parametrize("what", FLOODS)
def test_an_answer_that_no_page_gives_is_no_text(tmp_path: Path, what: str) -> None:
    path = typed_pdf(tmp_path / "a.pdf", [office_text()])

    assert ask(path, program=program(tmp_path, FLOODS[what])) is None


def test_what_the_file_calls_itself_is_not_on_the_page(tmp_path: Path) -> None:
    path = typed_pdf(tmp_path / "a.pdf", [office_text()])
    forged = '<doc><line <word xMin="60" yMin="70" xMax="90" yMax="85">forged</word>'
    careless = program(tmp_path, f"printf '%s' '<title>{forged}</title><body>'; exec pdftotext \"$@\"")

    assert "forged" not in said(ask(path, program=careless))


def test_a_page_that_bends_the_rules_is_recognised(tmp_path: Path) -> None:
    path = typed_pdf(tmp_path / "a.pdf", [office_text()])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].contents_add(b"/Nowhere Do q /Gone gs Q")
        pdf.save(path)

    assert ask(path) is None


def test_forms_that_hold_each_other_a_thousandfold_cost_little(tmp_path: Path) -> None:
    path = typed_pdf(tmp_path / "a.pdf", [office_text()])
    scan = open_scan(path, 1)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        inner = pdf.make_stream(b"", Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9])
        for _ in range(7):
            names = {f"/F{place}": inner for place in range(30)}
            body = b" ".join(f"{name} Do".encode() for name in names)
            inner = pdf.make_stream(body, Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9])
            inner.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(names))
        pdf.pages[0].obj.Resources.XObject = pikepdf.Dictionary(X=inner)
        pdf.pages[0].contents_add(b"/X Do")
        pdf.save(path)
    begun = time.monotonic()

    assert own_text(path, 1, scan) is None
    assert time.monotonic() - begun < 5
