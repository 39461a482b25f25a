"""The table of document types is sound, and a wrong table says where it is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from config.document_types import load_document_types
from dossier.errors import Misconfigured

CUE = '[cue.motto]\nphrases = ["Cộng hòa"]\nzone = "top"\n'
FIELD = '[field.name]\nname = "name"\nkind = "person"\nlabels = ["Họ và tên"]\n'
TYPE = '[[type]]\nname = "giay_moi"\nvi = "Giấy mời"\nen = "Invitation"\n'


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "types.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_shipped_table_knows_the_types_of_the_law() -> None:
    names = [rule.type for rule in load_document_types()]

    assert len(names) >= 50
    assert {
        "phieu_tiep_nhan", "don_to_khai", "can_cuoc_cong_dan", "xac_nhan_cu_tru_ct07", "quyet_dinh", "giay_khai_sinh",
        "giay_chung_nhan_ket_hon", "giay_uy_quyen", "cong_van", "giay_phep_xay_dung", "chung_minh_nhan_dan",
        "trich_luc_ho_tich", "xac_nhan_tinh_trang_hon_nhan", "giay_chung_sinh", "giay_bao_tu", "so_ho_khau",
        "giay_chung_nhan_quyen_su_dung_dat", "hop_dong", "phieu_ly_lich_tu_phap", "ho_chieu", "to_khai_cu_tru_ct01",
        "giay_phep_lai_xe", "dang_ky_kinh_doanh", "bang_tot_nghiep", "hoc_ba", "giay_kham_suc_khoe", "bien_lai",
        "giay_xac_nhan", "nghi_quyet",
        "chi_thi", "quy_che", "quy_dinh", "thong_cao", "thong_bao", "huong_dan", "chuong_trinh", "ke_hoach",
        "phuong_an", "de_an", "du_an", "bao_cao", "bien_ban", "to_trinh", "cong_dien", "ban_ghi_nho", "ban_thoa_thuan",
        "giay_moi", "giay_gioi_thieu", "giay_nghi_phep", "phieu_gui", "phieu_chuyen", "phieu_bao", "thu_cong",
    } <= set(names)  # fmt: skip


def test_civil_status_stands_before_the_identity_card() -> None:
    names = [rule.type for rule in load_document_types()]

    assert names.index("giay_khai_sinh") < names.index("can_cuoc_cong_dan")


def test_phrases_are_folded_once_when_the_table_is_read(table: Callable[[str], Path]) -> None:
    rule = load_document_types(
        table(CUE + FIELD + TYPE + 'titles = ["GIẤY MỜI"]\nsupport = { motto = 0.2 }\nfields = ["name"]\n')
    )[0]

    assert rule.titles == ("giay moi",)
    assert rule.support[0].cue.phrases == ("cong hoa",)
    assert rule.fields[0].labels == ("ho va ten",)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (TYPE, "'giay_moi': needs titles"),
        (TYPE + 'titles = ["x"]\nsupport = { moto = 0.2 }', "'giay_moi': support: 'moto' is not defined"),
        (CUE + TYPE + 'titles = ["x"]\nsupport = { motto = 1.2 }', "'giay_moi': support.motto: a weight"),
        (TYPE + 'titles = ["x"]\nfields = ["nam"]', "'giay_moi': fields: 'nam' is not defined"),
        (FIELD + TYPE + 'titles = ["x"]\nfields = ["name"]\nrequired = ["number"]', "required: 'number'"),
        (TYPE + 'titles = ["x"]\ntitel_weight = 0.5', "'giay_moi': titel_weight"),
        (TYPE + 'titles = ["x"]\ntitle_weight = 1.5', "'giay_moi': title_weight"),
        (TYPE + 'titles = ["x"]\ntitle_weight = 0', "'giay_moi': title_weight"),
        (TYPE + 'titles = ["x"]\nsymbols = ["QĐ-UBND"]', "'giay_moi': symbols: 'QĐ-UBND'"),
        (TYPE + 'titles = ["x"]\nuntitled_forbid = ["moto"]', "'giay_moi': untitled_forbid: 'moto' is not defined"),
        (TYPE + 'titles = [" "]', "'giay_moi': an empty phrase"),
        (TYPE + 'titles = ["x"]\n' + TYPE + 'titles = ["y"]', "'giay_moi': stands twice"),
        (TYPE.replace("giay_moi", "unknown") + 'titles = ["x"]', "'unknown'"),
        (TYPE.replace('name = "giay_moi"', "name = 3") + 'titles = ["x"]', "number 1: name"),
        (FIELD.replace("person", "persona") + TYPE + 'titles = ["x"]', "[field.name]: kind"),
        (FIELD.replace('labels = ["Họ và tên"]', "") + TYPE + 'titles = ["x"]', "[field.name]: labels"),
        (FIELD + 'value = "x"\n' + TYPE + 'titles = ["x"]', "[field.name]: value"),
        (CUE.replace("top", "bottom") + TYPE + 'titles = ["x"]', "[cue.motto]: zone"),
        ("type = []", "type"),
        ("[[type", "not a TOML file"),
    ],
)
def test_a_wrong_table_is_refused_and_the_entry_named(table: Callable[[str], Path], text: str, complaint: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        load_document_types(table(text))

    assert complaint in str(caught.value)


def test_a_missing_table_is_refused_without_its_path_in_the_message(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as caught:
        load_document_types(tmp_path / "none.toml")

    assert str(tmp_path) not in str(caught.value)


def test_a_table_in_several_files_is_one_table(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[cue.motto]\nphrases = ["cộng hòa"]\n', encoding="utf-8")
    (tmp_path / "b.toml").write_text(
        '[[type]]\nname = "don"\nvi = "Đơn"\nen = "Form"\ntitles = ["đơn"]\nsupport = { motto = 0.1 }\n', encoding="utf-8"
    )

    assert [rule.type for rule in load_document_types(tmp_path)] == ["don"]


def test_a_cue_that_two_files_define_is_refused(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text('[cue.motto]\nphrases = ["cộng hòa"]\n', encoding="utf-8")

    with pytest.raises(Misconfigured, match=r"cue\.motto stands in another file too"):
        load_document_types(tmp_path)
