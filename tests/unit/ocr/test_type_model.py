"""The text model names types by letters alone, says when it does not know, and is never loaded from a wrong file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.errors import Misconfigured
from ocr.type_examples import DATA, EXAMPLES, FROZEN, Example, read_examples
from ocr.type_features import bags_of, sheet_of, vector
from ocr.type_model import HASH, MODEL, TypeModel, about, load_type_model
from ocr.type_training import Training, evidence, fit, measure

BIRTH = """CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
GIẤY KHAI SINH
Họ, chữ đệm, tên: TRẦN BẢO NGỌC
Ngày, tháng, năm sinh: 05/12/2019
Ghi bằng chữ: ngày năm tháng mười hai năm hai nghìn không trăm mười chín
Nơi sinh: Trạm y tế xã
Họ, chữ đệm, tên người mẹ: Lê Thị Hoa
Họ, chữ đệm, tên người cha: Trần Văn Nam
Nơi đăng ký khai sinh: Ủy ban nhân dân xã"""
BIRTH_REQUEST = """CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
TỜ KHAI ĐĂNG KÝ KHAI SINH
Kính gửi: Ủy ban nhân dân xã
Họ, chữ đệm, tên người yêu cầu: Lê Thị Hoa
Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:
Họ, chữ đệm, tên: Trần Bảo Ngọc
Tôi cam đoan nội dung đề nghị đăng ký khai sinh trên đây là đúng sự thật
Người yêu cầu (Ký, ghi rõ họ, chữ đệm, tên)"""
POEM = """Chiều nay gió thổi qua đồng
Con diều giấy cũ nằm không bên thềm
Mẹ ngồi khâu áo trong đêm
Ngọn đèn dầu nhỏ lặng im cháy hoài"""


@pytest.fixture(scope="module")
def small() -> tuple[Training, Sequence[Example]]:
    """A model of a few types, made here, and examples that it did not see."""
    wanted = {"giay_khai_sinh", "quyet_dinh", "ho_chieu", "don_to_khai", "bien_lai", "unknown"}
    examples = [example for example in read_examples(DATA / EXAMPLES) if example.type in wanted][::3]
    return fit(examples), [example for example in read_examples(DATA / FROZEN) if example.type in wanted]


def test_a_certificate_and_the_request_for_it_are_two_types() -> None:
    model = load_type_model()

    assert model.judge(BIRTH).type == "giay_khai_sinh"
    assert model.judge(BIRTH_REQUEST).type == "don_to_khai"


@pytest.mark.parametrize("text", ["", "   \n\n", POEM, "12345 67890\n22/11/2024", "The quick brown fox jumps over the dog"])
def test_what_is_no_paper_of_a_known_type_is_unknown(text: str) -> None:
    guess = load_type_model().judge(text)

    assert guess.type == "unknown"
    assert guess.probability < load_type_model().threshold


def test_accents_and_case_of_the_text_play_no_part() -> None:
    model, bare = load_type_model(), BIRTH.replace("Ệ", "E").replace("à", "a").replace("ọ", "o").replace("Đ", "D")

    assert model.judge(bare).type == "giay_khai_sinh"


def test_whose_number_a_paper_bears_changes_nothing() -> None:
    model = load_type_model()

    assert model.judge(BIRTH) == model.judge(BIRTH.replace("05/12/2019", "17/08/1964"))


def test_the_shipped_model_keeps_its_promise_on_the_frozen_set() -> None:
    """Wordings and unknown papers of the frozen set are in no example; the goals are those of the product."""
    figures = measure(load_type_model(), read_examples(DATA / FROZEN))

    assert figures.accepted_error <= 0.01
    assert figures.strangers_named <= 0.02 * figures.strangers
    assert figures.coverage >= 0.80
    assert figures.leaning_right >= 0.97 * (figures.papers - figures.strangers)


def test_no_page_of_the_frozen_set_is_an_example() -> None:
    examples = {example.sheet for example in read_examples(DATA / EXAMPLES)}

    assert not examples & {example.sheet for example in read_examples(DATA / FROZEN)}


def test_our_probability_is_the_one_of_scikit_learn(small: tuple[Training, Sequence[Example]]) -> None:
    made, unseen = small
    reopened = TypeModel.of(made.model.to_bytes({}), "0" * 64)
    dense = np.zeros((len(unseen), len(reopened.idf)))
    for row, example in enumerate(unseen):
        np.add.at(dense[row], *vector(bags_of(example.sheet), reopened.idf))

    leaning, proof = evidence(made.classifier.decision_function(dense), made.classifier.classes_)
    expected = made.calibrator.predict_proba(proof)[:, 1]
    guesses = [reopened.judge_sheet(example.sheet) for example in unseen]

    assert [guess.leaning for guess in guesses] == leaning.tolist()
    assert np.abs([guess.probability for guess in guesses] - expected).max() < 1e-6


def test_the_same_examples_make_the_same_file(small: tuple[Training, Sequence[Example]]) -> None:
    examples = read_examples(DATA / EXAMPLES)
    few = [example for example in examples if example.type in {"quyet_dinh", "ho_chieu", "bien_lai", "unknown"}][::6]

    assert fit(few).model.to_bytes({}) == fit(few).model.to_bytes({})


def test_papers_of_a_type_that_was_never_taught_are_unknown(small: tuple[Training, Sequence[Example]]) -> None:
    made, _ = small
    strangers = [
        example for example in read_examples(DATA / FROZEN) if example.type in {"giay_phep_lai_xe", "giay_moi", "hoc_ba"}
    ]
    named = [made.model.judge_sheet(example.sheet).type != "unknown" for example in strangers]

    assert len(strangers) > 50
    assert sum(named) <= 0.1 * len(strangers)


def test_a_model_is_not_made_without_unknown_papers() -> None:
    examples = [
        example for example in read_examples(DATA / EXAMPLES) if example.type in {"quyet_dinh", "ho_chieu", "bien_lai"}
    ]

    with pytest.raises(Misconfigured):
        fit(examples)


def test_a_file_that_is_not_the_one_of_its_hash_is_not_loaded(tmp_path: Path) -> None:
    content = bytearray((DATA / MODEL).read_bytes())
    path = tmp_path / f"{sha256(content).hexdigest()}.npz"
    path.write_bytes(content)
    assert TypeModel.load(path).types == load_type_model().types

    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(Misconfigured, match="not the one of this hash"):
        TypeModel.load(path)


def test_a_missing_file_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="missing"):
        TypeModel.load(tmp_path / f"{'0' * 64}.npz")


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    """An array of objects is a pickle inside: with the right hash it still does not get in."""
    path = tmp_path / "evil.npz"
    np.savez(path, card=np.array([{"types": ["x"]}], dtype=object), allow_pickle=True)
    digest = sha256(path.read_bytes()).hexdigest()
    path = path.rename(tmp_path / f"{digest}.npz")

    with pytest.raises(Misconfigured, match="no model of this version"):
        TypeModel.load(path)


def test_parts_that_do_not_fit_each_other_are_no_model() -> None:
    model = load_type_model()
    short = TypeModel(
        "", model.types[:-1], model.idf, model.weights, model.scales, model.offsets, model.calibration, model.threshold
    )

    with pytest.raises(Misconfigured, match="do not fit"):
        TypeModel.of(short.to_bytes({}), "0" * 64)


def test_the_hash_beside_the_model_is_its_hash_and_the_card_says_it() -> None:
    content = (DATA / MODEL).read_bytes()
    digest = sha256(content).hexdigest()

    assert (DATA / HASH).read_text(encoding="ascii") == f"{digest}  {MODEL}\n"
    assert digest in (DATA / "type_model.card.md").read_text(encoding="utf-8")
    assert about(content)["corrections"] == 0
    assert len(content) < 3_000_000


def test_reading_pages_does_not_load_scikit_learn() -> None:
    code = "import sys, ocr.type_model as m; m.TypeModel.load(); print('sklearn' in sys.modules, 'scipy' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.split() == ["False", "False"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gets_a_judgement(text: str) -> None:
    guess = load_type_model().judge(text)

    assert 0.0 <= guess.runner_probability <= guess.probability <= 1.0
    assert guess.type in {guess.leaning, "unknown"}
    assert guess.runner_up != guess.leaning


def test_what_stands_behind_the_first_letters_is_not_seen() -> None:
    long = BIRTH + "\n" + "cỏ xanh " * 1000

    assert sheet_of(long) == sheet_of(long + "HỢP ĐỒNG")
