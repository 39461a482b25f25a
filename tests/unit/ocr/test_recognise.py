"""The line recogniser: decoding, words and their places, confidence; nets are twins that say what they were told."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnxruntime
import pytest

from dossier.errors import Misconfigured
from dossier.values import Box
from ocr.alphabet import CLASS_OF, LEADER, SCRIBBLE, SIGNS
from ocr.calibration import Calibration
from ocr.decoding import Floats, Signs, decode
from ocr.ink import Pixels
from ocr.line_ink import find_ink
from ocr.line_model import HASHES, MODEL, SYLLABLES, LineModel, load_line_model, load_syllables
from ocr.line_picture import STRIDE
from ocr.long_lines import show
from ocr.recognise import Recogniser
from ocr.syllables import Syllables
from training.count_syllables import count

Frame = str | dict[str, float]
"""A sign that is nearly certain ("" for the blank), or signs with their probabilities; the blank has the rest."""


def answer(*frames: Frame) -> Floats:
    """What a net says, frame by frame."""
    chances = np.full((len(frames), len(SIGNS) + 1), 1e-7, np.float32)
    for row, frame in zip(chances, frames, strict=True):
        signs = {frame: 0.999} if isinstance(frame, str) else frame
        for sign, chance in signs.items():
            row[CLASS_OF[sign] if sign else 0] = chance
        row[0] = max(row[0], 1 - row[1:].sum())
    return np.log(chances)


def spoken(signs: Signs) -> str:
    return "".join(SIGNS[number - 1] for number in signs.classes)


@dataclass(frozen=True)
class NetTwin:
    """Says what it was told, whatever the picture."""

    says: Floats
    calibration: Calibration = field(default_factory=Calibration)
    signs: str = SIGNS

    def logits(self, picture: Pixels) -> Floats:
        """Always the same."""
        assert -(-picture.shape[1] // STRIDE) == len(self.says)
        return self.says


def line_of(*frames: Frame, calibration: Calibration | None = None) -> tuple[NetTwin, Pixels]:
    """A net and a crop: 40 pixels high, 5 pixels a frame, a block of ink at each frame that is not blank in both."""
    crop = np.full((40, 5 * len(frames)), 255, np.uint8)
    for place, frame in enumerate(frames):
        if frame not in ("", " "):
            crop[12:30, 5 * place : 5 * place + 5] = 0
    return NetTwin(answer(*frames), calibration or Calibration()), crop


def test_a_repeated_frame_is_one_sign_and_a_blank_parts_two() -> None:
    signs = decode(answer("", "n", "n", "", "n", "a", "a", ""))

    assert spoken(signs) == "nna"
    assert signs.first.tolist() == [1, 4, 5]
    assert signs.last.tolist() == [2, 4, 6]


def test_a_line_of_paper_has_no_signs() -> None:
    assert spoken(decode(answer("", "", ""))) == ""
    assert Recogniser(*line_twin("", "", "")).read(np.full((40, 15), 255, np.uint8)).words == ()


def line_twin(*frames: Frame) -> tuple[NetTwin, None]:
    return NetTwin(answer(*frames)), None


def test_a_doubtful_sign_has_alternatives_and_a_sure_one_has_none() -> None:
    signs = decode(answer("b", "", {"ầ": 0.6, "â": 0.3, "ấ": 0.08, "a": 0.005}, "", "n"))

    assert list(signs.choices) == [1]
    assert [SIGNS[number - 1] for number, _ in signs.choices[1]] == ["ầ", "â", "ấ"]
    assert signs.choices[1][1][1] == pytest.approx(0.3, abs=0.01)


def test_a_sign_is_as_sure_as_its_best_frame() -> None:
    signs = decode(answer({"a": 0.55}, {"a": 0.95}, {"a": 0.6}))

    assert signs.certainty.tolist() == pytest.approx([0.95], abs=0.01)


def test_a_swallowed_sign_is_noticed() -> None:
    signs = decode(answer("b", "", {"i": 0.3}, "", "n", ""))

    assert spoken(signs) == "bn"
    assert signs.hidden.tolist() == pytest.approx([0, 0.3, 0], abs=0.01)


def test_the_flank_of_a_sign_is_not_a_swallowed_one() -> None:
    signs = decode(answer({"b": 0.4}, "b", {"b": 0.4}, {"n": 0.4}, "n"))

    assert signs.hidden.max() < 0.01


def test_words_stand_around_their_ink() -> None:
    net, crop = line_of("", "a", "b", "", " ", "", "c", "", "")

    line = Recogniser(net, None).read(crop)

    assert [word.text for word in line.words] == ["ab", "c"]
    assert line.text == "ab c"
    for word, (left, right) in zip(line.words, [(5, 15), (30, 35)], strict=True):
        assert word.box.left == pytest.approx(left, abs=1.3)
        assert word.box.right == pytest.approx(right, abs=1.3)
        assert (word.box.top, word.box.bottom) == (12, 30)
    first, second = line.words[0].letters
    assert (first.left, second.right) == (line.words[0].box.left, line.words[0].box.right)
    assert first.right == second.left == pytest.approx(10, abs=1.3)


def test_what_is_left_of_the_neighbouring_lines_is_not_in_the_box() -> None:
    net, crop = line_of("", "a", "b", "", "")
    crop[:2, 5:15] = crop[-2:, 5:15] = 0

    box = Recogniser(net, None).read(crop).words[0].box

    assert (box.top, box.bottom) == (12, 30)


def test_boxes_are_in_the_pixels_of_the_page() -> None:
    net, crop = line_of("", "a", "b", "", " ", "", "c", "", "")
    page = np.full((200, 300), 255, np.uint8)
    page[50:90, 100 : 100 + crop.shape[1]] = crop

    (line,) = Recogniser(net, None).read_lines(page, [Box(100, 50, 100 + crop.shape[1], 90)])

    assert line.words[0].box.left == pytest.approx(105, abs=1.3)
    assert line.words[0].box.top == 62
    assert line.as_line().words[1].text == "c"


def test_boxes_beyond_the_page_are_cut_and_those_without_room_are_empty() -> None:
    net, crop = line_of("a", "b", "", "")

    whole, *rest = Recogniser(net, None).read_lines(
        crop, [Box(-50, -9, 900, 900), Box(5, 5, 5, 30), Box(0, 0, 3, 40), Box(500, 0, 900, 40), Box(9, 9, 2, 2)]
    )

    assert whole.text == "ab"
    assert [(line.words, line.confidence) for line in rest] == [((), 0.0)] * 4


def test_leaders_are_taken_out_and_part_words() -> None:
    net, crop = line_of("a", "", LEADER, LEADER, "", LEADER, *[LEADER] * 8, "", "b", "")

    line = Recogniser(net, None).read(crop)

    assert line.text == "a b"
    assert line.words[0].box.right == pytest.approx(5, abs=1.3)
    assert line.words[1].box.left == pytest.approx(75, abs=1.3)
    assert line.scribble == ()


def test_a_short_leader_that_hangs_on_a_word_is_an_ellipsis() -> None:
    net, crop = line_of("v", "", LEADER, LEADER, LEADER, "", " ", "", "b", "")

    line = Recogniser(net, None).read(crop)

    assert line.text == "v... b"
    assert [letter.sign for letter in line.words[0].letters] == ["v", ".", ".", "."]
    assert line.words[0].letters[-1].right == line.words[0].box.right
    lefts = [letter.left for letter in line.words[0].letters]
    assert lefts == sorted(set(lefts))


def test_a_short_leader_behind_a_blank_is_none() -> None:
    net, crop = line_of("v", "", " ", "", LEADER, LEADER, "", " ", "", "b", "")

    assert Recogniser(net, None).read(crop).text == "v b"


def test_a_pen_stroke_is_told_apart_from_text() -> None:
    net, crop = line_of("a", "", " ", "", SCRIBBLE, SCRIBBLE, SCRIBBLE, SCRIBBLE, "", "", "b", "")

    line = Recogniser(net, None).read(crop)

    assert line.text == "a b"
    (stroke,) = line.scribble
    assert (stroke.left, stroke.right) == pytest.approx((20, 40), abs=1.3)
    assert line.scribbled == pytest.approx(20 / 60, abs=0.04)


def test_doubt_lowers_the_confidence_of_letter_word_and_line() -> None:
    net, crop = line_of("a", "", {"b": 0.6, "h": 0.39}, "", " ", "", "c", "")

    line = Recogniser(net, None).read(crop)

    doubtful = line.words[0].letters[1]
    assert (doubtful.sign, doubtful.second) == ("b", "h")
    assert doubtful.second_chance == pytest.approx(0.39, abs=0.01)
    assert doubtful.confidence == pytest.approx(0.6, abs=0.01)
    assert line.words[0].confidence == line.words[0].as_word().confidence == pytest.approx(0.6, abs=0.01)
    assert line.words[0].letters[0].second is None
    assert line.words[1].confidence > 0.99
    assert line.confidence == pytest.approx(0.6, abs=0.01)


def test_a_swallowed_letter_lowers_the_confidence_of_its_neighbours() -> None:
    net, crop = line_of("a", "", {"i": 0.3}, "", "n", "", " ", "", "c", "", "d", "")

    line = Recogniser(net, None).read(crop)

    assert [letter.confidence for letter in line.words[0].letters] == pytest.approx([0.7, 0.7], abs=0.01)
    assert line.words[0].confidence == pytest.approx(0.7, abs=0.01)
    assert line.words[1].confidence > 0.99


def test_a_doubtful_blank_lowers_the_words_around_it() -> None:
    net, crop = line_of("a", "", {" ": 0.6}, "", "b", "", " ", "", "c", "")

    assert [word.score for word in Recogniser(net, None).read(crop).words] == pytest.approx([0.6, 0.6, 1.0], abs=0.01)


def test_the_calibration_changes_confidence_and_not_the_score() -> None:
    calibration = Calibration.parse(
        '{"letter": [[0, 1], [0, 0.5]], "word": [[0.5, 1], [0.1, 0.8]], "line": [[0, 1], [0.3, 0.3]]}'
    )
    net, crop = line_of("a", "", "b", "", calibration=calibration)

    line = Recogniser(net, None).read(crop)

    (word,) = line.words
    assert (word.score, line.score) == pytest.approx((0.998, 0.998), abs=0.005)
    assert word.confidence == pytest.approx(0.8, abs=0.01)
    assert word.letters[0].confidence == pytest.approx(0.5, abs=0.01)
    assert line.confidence == pytest.approx(0.3, abs=0.01)


def test_without_curves_scores_are_chances() -> None:
    assert Calibration.parse("{}").word.at([0.0, 0.25, 1.0]) == [0.0, 0.25, 1.0]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"word": 3}', '{"word": [[0, 1]]}', '{"sign": [[0, 1], [0, 1]]}', '{"word": [[0, 1], [0, "x"]]}',
     '{"word": [[], []]}', '{"word": [[0, 1], [1, 0]]}', '{"word": [[1, 0], [0, 1]]}', '{"word": [[0, 2], [0, 1]]}',
     '{"word": [[0, NaN], [0, 1]]}'],
)  # fmt: skip
def test_a_calibration_that_does_not_rise_is_refused(text: str) -> None:
    with pytest.raises(Misconfigured, match="line model"):
        Calibration.parse(text)


def test_the_syllables_settle_a_word_and_the_raw_one_is_kept() -> None:
    syllables = Syllables.parse(count(["nhân dân"] * 20 + ["xem xét"] * 80))
    net, crop = line_of("n", "h", {"ầ": 0.6, "â": 0.39}, "n", "", " ", "", "d", "â", "n", "")

    word = Recogniser(net, syllables).read(crop).words[0]

    assert (word.text, word.raw) == ("nhân", "nhần")
    assert (word.letters[2].sign, word.letters[2].second) == ("â", "ầ")
    assert word.letters[2].confidence == pytest.approx(0.39, abs=0.01)
    assert word.confidence < 0.5
    assert Recogniser(net, None).read(crop).words[0].text == "nhần"


def test_a_leader_ends_what_the_syllables_know_of_the_word_before() -> None:
    syllables = Syllables.parse(count(["nhân dân"] * 20 + ["dần"] * 30))
    word: list[Frame] = ["d", {"ầ": 0.6, "â": 0.39}, "n"]
    apart, crop = line_of("n", "h", "â", "n", "", *[LEADER] * 12, "", *word, "")
    joined, other = line_of("n", "h", "â", "n", "", " ", "", *word, "")

    assert Recogniser(apart, syllables).read(crop).text == "nhân dần"
    assert Recogniser(joined, syllables).read(other).text == "nhân dân"


class BarReader:
    """Reads bars: the frame whose first column is black has a sign, the grays behind it say which."""

    def __init__(self) -> None:
        self.widths: list[int] = []

    def logits(self, picture: Pixels) -> Floats:
        """A sign for each bar."""
        self.widths.append(picture.shape[1])
        frames = picture[20, : picture.shape[1] // STRIDE * STRIDE].reshape(-1, STRIDE)
        return answer(*(SIGNS[frame[1]] if frame[0] == 0 else "" for frame in frames))


def test_a_long_line_is_read_in_parts_and_no_sign_is_lost_or_doubled() -> None:
    random = np.random.default_rng(7)
    picture = np.full((40, 4_000), 255, np.uint8)
    wanted = ""
    for frame in range(1, 999):
        if frame % 12 and frame % 2:
            number = int(random.integers(33, 90))
            picture[:, frame * STRIDE], picture[:, frame * STRIDE + 1] = 0, number
            wanted += SIGNS[number]
    net = BarReader()

    logits = show(net, picture, find_ink(picture))

    assert len(logits) == 1_000
    assert spoken(decode(logits)) == wanted
    assert len(net.widths) > 3
    assert max(net.widths) <= 1_000 + 2 * 160


def test_a_missing_or_altered_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=f"{MODEL} or {HASHES} is missing"):
        load_line_model(tmp_path)

    (tmp_path / MODEL).write_bytes(b"net")
    (tmp_path / HASHES).write_text(f"{'0' * 64}  {MODEL}\n")
    with pytest.raises(Misconfigured, match=f"{MODEL} is not the file") as refused:
        load_line_model(tmp_path)
    assert str(tmp_path) not in str(refused.value)

    (tmp_path / SYLLABLES).write_bytes(b"counts")
    with pytest.raises(Misconfigured, match=f"{SYLLABLES} is not the file"):
        load_syllables(tmp_path)


def test_a_file_that_is_no_net_is_refused(tmp_path: Path) -> None:
    (tmp_path / MODEL).write_bytes(b"net")
    (tmp_path / HASHES).write_text(f"{hashlib.sha256(b'net').hexdigest()}  {MODEL}\n")

    with pytest.raises(Misconfigured, match="no net"):
        load_line_model(tmp_path)


def test_the_runtime_reports_to_nobody() -> None:
    libraries = list((Path(onnxruntime.__file__).parent / "capi").glob("*.so*"))

    assert libraries
    for library in libraries:  # from version 1.29 on, official wheels send what is run, and leave an identifier in the home
        assert b"events.data.microsoft.com" not in library.read_bytes()


def session(classes: int, **says: str) -> Any:
    """A session of onnxruntime that knows what it is told."""
    return SimpleNamespace(
        get_modelmeta=lambda: SimpleNamespace(custom_metadata_map=says),
        get_outputs=lambda: [SimpleNamespace(shape=["b", "t", classes])],
    )


def test_a_net_says_what_it_is() -> None:
    model = LineModel.of(session(3, name="lines 1", signs="ab", calibration="{}"))

    assert (model.name, model.signs, model.calibration) == ("lines 1", "ab", Calibration())


@pytest.mark.parametrize("key", ["name", "signs", "calibration"])
def test_a_net_that_does_not_say_it_is_refused(key: str) -> None:
    says = {"name": "lines 1", "signs": "ab", "calibration": "{}"}
    del says[key]

    with pytest.raises(Misconfigured, match=f"does not say its {key}"):
        LineModel.of(session(3, **says))


@pytest.mark.parametrize("signs", ["a", "abc", "aa", ""])
def test_a_net_with_a_foreign_alphabet_is_refused(signs: str) -> None:
    with pytest.raises(Misconfigured, match="alphabet"):
        LineModel.of(session(3, name="lines 1", signs=signs, calibration="{}"))
