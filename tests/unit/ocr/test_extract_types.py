"""One paper of each type, in a layout of its own, gives the fields that the table names."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from made_pages import MOTTO, Cell, page

from config.document_types import load_document_types
from dossier.values import Document, Verdict
from ocr.extract import extract

RULES = load_document_types()
Row = str | Cell | Sequence[Cell]
CENTRED: Row = (700, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
OFFICE: tuple[Row, ...] = (
    [(200, "ỦY BAN NHÂN DÂN"), MOTTO],
    [(200, "XÃ YÊN PHƯƠNG"), (1100, "Độc lập - Tự do - Hạnh phúc")],
)
SIGNED: tuple[Row, ...] = (
    "",
    [(200, "Nơi nhận:"), (1300, "TM. ỦY BAN NHÂN DÂN")],
    [(200, "- Như trên;"), (1400, "KT. CHỦ TỊCH")],
    [(200, "- Lưu: VT."), (1380, "PHÓ CHỦ TỊCH")],
    "",
    "",
    (1380, "Ngô Quang Hưởng"),
)
SIGNER = {"signer": "Ngô Quang Hưởng", "signer_title": "Phó chủ tịch"}
COMMUNE = {"agency": "Ủy ban nhân dân xã Yên Phương"}

PAPERS: dict[str, tuple[tuple[Row, ...], dict[str, str]]] = {
    "phieu_tiep_nhan": (
        (
            [(200, "UBND TỈNH VĨNH PHÚC"), MOTTO],
            (200, "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG"),
            (700, "GIẤY BIÊN NHẬN HỒ SƠ"),
            [(200, "Mã số biên nhận: 000.00.12.H62-241205-0001"), (1400, "Mã tra cứu: 4129")],
            "Người nộp hồ sơ: KIM THU THẢO",
            "Số định danh/CCCD: 026178028342",
            [(200, "Ngày nhận: 05/12/2024"), (1200, "Hẹn trả kết quả: 19/12/2024")],
            (1300, "Cán bộ tiếp nhận"),
            (1300, "Đặng Kim Nhung"),
        ),
        {
            "dossier_code": "000.00.12.H62-241205-0001",
            "name": "Kim Thu Thảo",
            "citizen_id": "026178028342",
            "date": "05/12/2024",
            "due_date": "19/12/2024",
            "agency": "Trung tâm Phục vụ hành chính công tỉnh Vĩnh Phúc",
        },
    ),
    "don_to_khai": (
        (
            (1900, "Mẫu số 11/ĐK"),
            CENTRED,
            (500, "ĐƠN ĐĂNG KÝ BIẾN ĐỘNG ĐẤT ĐAI"),
            "Kính gửi(1): Uỷ ban nhân dân xã Kim Xá",
            "1. Người sử dụng đất:",
            "a) Tên (viết chữ in hoa): PHAN NGỌC DUNG",
            "b) Giấy tờ nhân thân số: 026179007349",
            "c) Địa chỉ: Thôn Yên Thượng, xã Duy Phiên",
            (900, "Duy Phiên, ngày 17 tháng 6 năm 2024"),
            (1500, "Người viết đơn"),
            (1500, "Phan Ngọc Dung"),
        ),
        {
            "name": "Phan Ngọc Dung",
            "citizen_id": "026179007349",
            "address": "Thôn Yên Thượng, xã Duy Phiên",
            "date": "17/06/2024",
            "agency": "Ủy ban nhân dân xã Kim Xá",
        },
    ),
    "to_khai_cu_tru_ct01": (
        (
            (1500, "Mẫu CT01 ban hành kèm theo"),
            CENTRED,
            (600, "TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ"),
            "Kính gửi: Công an xã Kim Xá",
            "1. Họ, chữ đệm và tên: LÊ THỊ MẪU",
            "2. Ngày, tháng, năm sinh: 14/05/1979 3. Giới tính: Nữ",
            "4. Số định danh cá nhân: 0 2 6 1 7 9 0 1 5 4 7 0",
            "7. Họ, chữ đệm và tên chủ hộ: LÊ VĂN MẪU",
            "9. Số định danh cá nhân của chủ hộ: 026079015471",
            "10. Nội dung đề nghị: đăng ký thường trú",
            "",
            "",
            "",
            (1400, "Kim Xá, ngày 3 tháng 4 năm 2024"),
        ),
        {
            "name": "Lê Thị Mẫu",
            "birth_date": "14/05/1979",
            "gender": "Nữ",
            "citizen_id": "026179015470",
            "household_head": "Lê Văn Mẫu",
            "content": "đăng ký thường trú",
            "agency": "Công an xã Kim Xá",
            "date": "03/04/2024",
        },
    ),
    "trich_luc_ho_tich": (
        (
            *OFFICE,
            [(200, "Số: 12/TLKT-BS"), (1200, "Yên Phương, ngày 19 tháng 7 năm 2025")],
            (700, "TRÍCH LỤC KHAI TỬ (BẢN SAO)"),
            "Họ, chữ đệm, tên: NGUYỄN QUANG HẢI",
            "Ngày, tháng, năm sinh: 02/02/1963",
            "Số định danh cá nhân: 026063001234",
            "Đã chết vào lúc: 14 giờ 07 phút, ngày 17/07/2025",
            "Ghi bằng chữ: ngày mười bảy tháng bảy năm hai nghìn không trăm hai mươi lăm",
            "Nơi chết: Thôn Lũng Ngoại",
            "Nguyên nhân chết: Ung thư gan",
            *SIGNED,
        ),
        {
            **COMMUNE,
            **SIGNER,
            "number": "12/TLKT-BS",
            "date": "19/07/2025",
            "name": "Nguyễn Quang Hải",
            "birth_date": "02/02/1963",
            "citizen_id": "026063001234",
            "death_date": "17/07/2025",
            "death_date_in_words": "17/07/2025",
            "cause_of_death": "Ung thư gan",
        },
    ),
    "xac_nhan_tinh_trang_hon_nhan": (
        (
            *OFFICE,
            (200, "Số: 44/UBND-XNTTHN"),
            (600, "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN"),
            "Họ, chữ đệm, tên: Hà Phương Vân",
            [(200, "Sinh ngày 23 tháng 10 năm 1995"), (1300, "Giới tính: Nữ")],
            "Giấy tờ tùy thân: CCCD số 026195015426",
            "Tình trạng hôn nhân: Chưa đăng ký kết hôn với ai",
            "Giấy này được cấp để: kết hôn",
            *SIGNED,
            (1200, "Yên Phương, ngày 12 tháng 5 năm 2024"),
        ),
        {
            **COMMUNE,
            "number": "44/UBND-XNTTHN",
            "name": "Hà Phương Vân",
            "birth_date": "23/10/1995",
            "gender": "Nữ",
            "citizen_id": "026195015426",
            "marital_status": "Chưa đăng ký kết hôn với ai",
            "purpose": "kết hôn",
            "date": "12/05/2024",
        },
    ),
    "giay_chung_sinh": (
        (
            [(200, "TRUNG TÂM Y TẾ HUYỆN TAM DƯƠNG"), MOTTO],
            (200, "Số: 522/GCS"),
            (800, "GIẤY CHỨNG SINH"),
            "Họ và tên mẹ/Người nuôi dưỡng: Trần Hồng Thúy",
            "Số CCCD: 038301020560",
            "Đã sinh con vào lúc: 21 giờ, ngày 22/06/2025",
            "Giới tính của con: Nữ",
            "Dự định đặt tên con là: Trần Thu Hương",
            "",
            "",
            "",
            (900, "Ngày 23 tháng 6 năm 2025"),
        ),
        {
            "agency": "Trung tâm Y tế huyện Tam Dương",
            "number": "522/GCS",
            "name": "Trần Hồng Thúy",
            "mother": "Trần Hồng Thúy",
            "citizen_id": "038301020560",
            "birth_date": "22/06/2025",
            "gender": "Nữ",
            "child_name": "Trần Thu Hương",
            "date": "23/06/2025",
        },
    ),
    "giay_bao_tu": (
        (
            *OFFICE,
            [(200, "Số: 2944/GBT"), (1200, "Yên Phương, ngày 19 tháng 07 năm 2025")],
            (800, "GIẤY BÁO TỬ"),
            "Họ và tên người tử vong: NGUYỄN QUANG HẢI",
            [(200, "Đã chết hồi: 14 giờ 7 phút."), (1400, "Ngày: 18/07/2025.")],
            "Nguyên nhân tử vong: Ung thư gan.",
            *SIGNED,
        ),
        {
            **COMMUNE,
            **SIGNER,
            "name": "Nguyễn Quang Hải",
            "death_date": "18/07/2025",
            "date": "19/07/2025",
            "number": "2944/GBT",
        },
    ),
    "so_ho_khau": (
        (
            CENTRED,
            (900, "SỔ HỘ KHẨU"),
            (900, "Số: 992745023"),
            "Họ và tên chủ hộ: TRỊNH HỒNG LIÊN",
            "Nơi thường trú: Tổ dân phố Hữu Phúc,",
            "thị trấn Gia Khánh, huyện Bình Xuyên",
            "",
            (900, "Ngày 23 tháng 10 năm 2019"),
            "Hồ sơ hộ khẩu số: 710",
        ),
        {
            "number": "992745023",
            "name": "Trịnh Hồng Liên",
            "address": "Tổ dân phố Hữu Phúc, thị trấn Gia Khánh, huyện Bình Xuyên",
            "date": "23/10/2019",
        },
    ),
    "can_cuoc_cong_dan": (
        (
            (900, "CĂN CƯỚC CÔNG DÂN"),
            "Số: 038301020560",
            "Họ và tên: TRẦN HỒNG THÚY",
            "Ngày, tháng, năm sinh: 03/05/2001",
            "Giới tính: Nữ Quốc tịch: Việt Nam",
            "Nơi thường trú: Thôn Đoài, Yên Phương",
            "Đặc điểm nhận dạng: Sẹo chấm",
            (800, "ngày 17 tháng 12 năm 2020"),
            (800, "CỤC TRƯỞNG CỤC CẢNH SÁT"),
            (780, "ĐKQL CƯ TRÚ VÀ DLQG VỀ DÂN CƯ"),
        ),
        {
            "citizen_id": "038301020560",
            "name": "Trần Hồng Thúy",
            "birth_date": "03/05/2001",
            "gender": "Nữ",
            "date": "17/12/2020",
            "agency": "Cục Cảnh sát đăng ký quản lý cư trú và dữ liệu quốc gia về dân cư",
        },
    ),
    "ho_chieu": (
        (
            (900, "HỘ CHIẾU / PASSPORT"),
            "Số hộ chiếu / Passport No.: B 1234567",
            "Họ và tên / Full name: LÊ THỊ MẪU",
            "Ngày sinh / Date of birth: 14/05/1979",
            "Giới tính / Sex: Nữ / F",
            "Ngày cấp / Date of issue: 10/10/2019",
            "Có giá trị đến / Date of expiry: 10/10/2029",
            "Cục Quản lý xuất nhập cảnh",
        ),
        {
            "number": "B1234567",
            "name": "Lê Thị Mẫu",
            "birth_date": "14/05/1979",
            "gender": "Nữ",
            "date": "10/10/2019",
            "expiry_date": "10/10/2029",
            "agency": "Cục Quản lý xuất nhập cảnh",
        },
    ),
    "giay_phep_lai_xe": (
        (
            (900, "GIẤY PHÉP LÁI XE / DRIVER'S LICENSE"),
            "Số/No: 260123456789",
            "Họ tên/Full name: HỒ DUY LONG",
            "Ngày sinh/Date of birth: 13/03/1990",
            "Nơi cư trú/Address: Thôn Tân Lập, Vĩnh Phúc",
            "Hạng/Class: B2",
            "Có giá trị đến/Expires: 08/05/2028",
            (900, "Vĩnh Phúc, ngày/date 08 tháng/month 05 năm/year 2018"),
        ),
        {
            "number": "260123456789",
            "name": "Hồ Duy Long",
            "birth_date": "13/03/1990",
            "license_class": "B2",
            "expiry_date": "08/05/2028",
            "date": "08/05/2018",
        },
    ),
    "giay_chung_nhan_quyen_su_dung_dat": (
        (
            CENTRED,
            (700, "GIẤY CHỨNG NHẬN"),
            (600, "QUYỀN SỬ DỤNG ĐẤT"),
            "I. Người sử dụng đất",
            "Bà: Phan Ngọc Dung, CCCD số 026179007349",
            "a) Thửa đất số: 284; tờ bản đồ số: 35",
            "b) Địa chỉ: Thôn Yên Thượng, xã Duy Phiên",
            "c) Diện tích: 693,4 m²",
            "đ) Mục đích sử dụng: Đất ở",
            "Số vào sổ cấp GCN: CH 07779",
            (900, "Tam Dương, ngày 19 tháng 3 năm 2023"),
            (1300, "TM. Ủy ban nhân dân huyện Tam Dương"),
            (1500, "CHỦ TỊCH"),
            "",
            (1450, "Hà Quang Cảnh"),
            (1000, "CĐ 498688"),
        ),
        {
            "name": "Phan Ngọc Dung",
            "citizen_id": "026179007349",
            "land_parcel": "284",
            "map_sheet": "35",
            "area_m2": "693,4",
            "purpose": "Đất ở",
            "register_number": "CH07779",
            "number": "CĐ498688",
            "date": "19/03/2023",
            "agency": "Ủy ban nhân dân huyện Tam Dương",
            "signer": "Hà Quang Cảnh",
            "address": "Thôn Yên Thượng, xã Duy Phiên",
        },
    ),
    "hop_dong": (
        (
            CENTRED,
            (600, "HỢP ĐỒNG CHUYỂN NHƯỢNG QUYỀN SỬ DỤNG ĐẤT"),
            "Hôm nay, ngày 03 tháng 02 năm 2024, chúng tôi gồm:",
            "BÊN CHUYỂN NHƯỢNG (Bên A):",
            "Ông: TRẦN ĐÌNH LONG, sinh năm 1980",
            "CCCD số: 026080012345",
            "BÊN NHẬN CHUYỂN NHƯỢNG (Bên B):",
            "Bà: LÊ THỊ MẪU",
            "CCCD số: 026179015470",
            "Điều 1. Thửa đất số 12, tờ bản đồ số 7, diện tích 100,5 m2",
        ),
        {
            "name": "Trần Đình Long",
            "citizen_id": "026080012345",
            "party_b_name": "Lê Thị Mẫu",
            "party_b_citizen_id": "026179015470",
            "date": "03/02/2024",
            "land_parcel": "12",
            "map_sheet": "7",
            "area_m2": "100,5",
        },
    ),
    "giay_phep_xay_dung": (
        (
            *OFFICE,
            (200, "Số:15/GPXD"),
            (800, "GIẤY PHÉP XÂY DỰNG"),
            "1. Cấp cho (chủ đầu tư): Ông VŨ HOÀNG DUNG",
            "Số CCCD: 026080012345",
            "2. Được phép xây dựng công trình: Nhà ở riêng lẻ",
            "Thửa đất số: 260",
            (1200, "Yên Phương, ngày 5 tháng 5 năm 2024"),
            *SIGNED,
        ),
        {
            **COMMUNE,
            **SIGNER,
            "number": "15/GPXD",
            "name": "Vũ Hoàng Dung",
            "citizen_id": "026080012345",
            "construction": "Nhà ở riêng lẻ",
            "land_parcel": "260",
            "date": "05/05/2024",
        },
    ),
    "dang_ky_kinh_doanh": (
        (
            [(200, "UBND HUYỆN YÊN LẠC"), MOTTO],
            (200, "PHÒNG TÀI CHÍNH - KẾ HOẠCH"),
            (800, "GIẤY CHỨNG NHẬN ĐĂNG KÝ HỘ KINH DOANH"),
            "Số: 19F8001234",
            "Đăng ký lần đầu, ngày 06 tháng 08 năm 2021",
            "1. Tên hộ kinh doanh: Cửa hàng Lộc Vân",
            "2. Địa điểm kinh doanh: Thôn Tân Lập, xã Định Trung",
            "4. Vốn kinh doanh: 54.000.000 đồng",
            "5. Họ và tên chủ hộ kinh doanh: HỒ DUY LONG",
            "Số CCCD: 026090012267",
        ),
        {
            "agency": "Phòng Tài chính - Kế hoạch huyện Yên Lạc",
            "number": "19F8001234",
            "date": "06/08/2021",
            "business_name": "Cửa hàng Lộc Vân",
            "capital": "54.000.000",
            "name": "Hồ Duy Long",
            "citizen_id": "026090012267",
            "address": "Thôn Tân Lập, xã Định Trung",
        },
    ),
    "bang_tot_nghiep": (
        (
            CENTRED,
            (700, "HIỆU TRƯỞNG"),
            (600, "TRƯỜNG ĐẠI HỌC MẪU"),
            (800, "BẰNG CỬ NHÂN"),
            "Cấp cho: Ông HỒ DUY LONG",
            "Ngày sinh: 13/03/1990",
            "Ngành: Kế toán",
            "Xếp loại tốt nghiệp: Khá",
            (1000, "Hà Nội, ngày 20 tháng 6 năm 2012"),
            "Số hiệu: B 123456",
            "Số vào sổ gốc cấp bằng: 77/2012",
        ),
        {
            "name": "Hồ Duy Long",
            "birth_date": "13/03/1990",
            "major": "Kế toán",
            "class_of_degree": "Khá",
            "date": "20/06/2012",
            "number": "B123456",
            "register_number": "77/2012",
        },
    ),
    "hoc_ba": (
        (
            CENTRED,
            (800, "HỌC BẠ"),
            "Họ và tên học sinh: HỒ DUY LONG",
            "Ngày sinh: 13/03/2005",
            "Họ và tên cha: Hồ Văn Lâm",
            "Họ và tên mẹ: Vũ Thị Mây",
        ),
        {"name": "Hồ Duy Long", "birth_date": "13/03/2005", "father": "Hồ Văn Lâm", "mother": "Vũ Thị Mây"},
    ),
    "phieu_ly_lich_tu_phap": (
        (
            [(200, "UBND TỈNH VĨNH PHÚC"), MOTTO],
            [(200, "SỞ TƯ PHÁP"), (1200, "Vĩnh Phúc, ngày 01 tháng 3 năm 2024")],
            (200, "Số: 321/LLTP"),
            (700, "PHIẾU LÝ LỊCH TƯ PHÁP SỐ 1"),
            "1. Họ và tên: LÊ THỊ MẪU 2. Giới tính: Nữ",
            "3. Ngày, tháng, năm sinh: 14/05/1979",
            "8. Số định danh cá nhân: 026179015470",
            "9. Tình trạng án tích: Không có án tích",
        ),
        {
            "agency": "Sở Tư pháp tỉnh Vĩnh Phúc",
            "number": "321/LLTP",
            "name": "Lê Thị Mẫu",
            "gender": "Nữ",
            "birth_date": "14/05/1979",
            "citizen_id": "026179015470",
            "criminal_record": "Không có án tích",
            "date": "01/03/2024",
        },
    ),
    "giay_kham_suc_khoe": (
        (
            [(200, "SỞ Y TẾ VĨNH PHÚC"), MOTTO],
            (200, "TRUNG TÂM Y TẾ HUYỆN TAM DƯƠNG"),
            (200, "Số: 2737/GKSK"),
            (700, "GIẤY KHÁM SỨC KHỎE"),
            "Họ và tên (chữ in hoa): HỒ KIM TRANG",
            "Giới: Nữ Tuổi: 43",
            "Số CMND hoặc CCCD: 038181005231",
            "",
            "",
            (900, "Vĩnh Yên, ngày 04 tháng 9 năm 2024"),
        ),
        {
            "agency": "Trung tâm Y tế huyện Tam Dương",
            "number": "2737/GKSK",
            "name": "Hồ Kim Trang",
            "gender": "Nữ",
            "citizen_id": "038181005231",
            "date": "04/09/2024",
        },
    ),
    "bien_lai": (
        (
            CENTRED,
            (800, "BIÊN LAI THU PHÍ, LỆ PHÍ"),
            [(1500, "Số: 0012345")],
            "Họ tên người nộp tiền: Hồ Duy Long",
            "Số tiền: 150.000 đồng",
            "",
            (1200, "Ngày 05 tháng 03 năm 2024"),
        ),
        {"number": "0012345", "name": "Hồ Duy Long", "amount": "150.000", "date": "05/03/2024"},
    ),
    "cong_van": (
        (
            [(200, "UBND HUYỆN TAM DƯƠNG"), MOTTO],
            [(200, "PHÒNG TÀI NGUYÊN VÀ MÔI TRƯỜNG"), (1200, "Tam Dương, ngày 3 tháng 2 năm 2024")],
            (200, "Số:155 /TNMT - HC"),
            (200, "V/v phối hợp xác minh"),
            (200, "thông tin công dân"),
            (600, "Kính gửi: UBND xã Kim Xá"),
            "Đề nghị xác minh thông tin của ông Tô Đình Tùng, số CCCD 026082002441, theo quy định.",
        ),
        {
            "agency": "Phòng Tài nguyên và Môi trường huyện Tam Dương",
            "number": "155/TNMT-HC",
            "subject": "phối hợp xác minh thông tin công dân",
            "name": "Tô Đình Tùng",
            "citizen_id": "026082002441",
            "date": "03/02/2024",
        },
    ),
    "bao_cao": (
        (
            *OFFICE,
            [(200, "Số: 7/BC-UBND"), (1200, "Yên Phương, ngày 3 tháng 2 năm 2024")],
            (900, "BÁO CÁO"),
            (600, "Kết quả công tác chuyển đổi số năm 2023"),
            (580, "và phương hướng năm 2024"),
            "",
            "Thực hiện Công văn số 12/SNV ngày 01/01/2024 của Sở Nội vụ, Ủy ban nhân dân xã báo cáo như sau:",
            *SIGNED,
        ),
        {
            **COMMUNE,
            **SIGNER,
            "number": "7/BC-UBND",
            "date": "03/02/2024",
            "subject": "Kết quả công tác chuyển đổi số năm 2023 và phương hướng năm 2024",
        },
    ),
    "thong_cao": (
        (
            *OFFICE,
            [(200, "Số: 1915/TC-UBND"), (1200, "Yên Phương, ngày 02 tháng 12 năm 2021")],
            (900, "THÔNG CÁO"),
            (700, "Về việc tổ chức lễ hội"),
            "Thực hiện Văn bản số 834/SNV ngày 09/09/2019 của Sở Nội vụ về tuyển quân đợt một, Ủy ban",
            *SIGNED,
        ),
        {**COMMUNE, **SIGNER, "number": "1915/TC-UBND", "date": "02/12/2021", "subject": "Về việc tổ chức lễ hội"},
    ),
}


@pytest.mark.parametrize("type_name", PAPERS)
def test_the_fields_of_a_paper_are_read_in_a_layout_of_its_own(type_name: str) -> None:
    rows, wanted = PAPERS[type_name]

    found = extract(Document((page(1, *rows),)), Verdict(type_name, 1.0), RULES)

    assert {name: found[name].value if name in found else None for name in wanted} == wanted
    assert all(field.box is not None for field in found.values())


NUMBERED = [
    rule.type
    for rule in RULES
    if any(field.kind == "number" and field.place == "head" for field in rule.fields) and rule.symbols
]


@pytest.mark.parametrize("name", [name for name in NUMBERED if name != "dang_ky_kinh_doanh"])  # numbered by its code
def test_every_kind_of_office_paper_gives_its_number_and_date(name: str) -> None:
    rows = (
        *OFFICE,
        [(200, "Số: 12 / 2024/QD-UBND"), (1200, "Yên Phương, ngày 3 tháng 2 năm 2024")],
        (900, "VĂN BẢN"),
        "",
        "",
        "",
        *SIGNED,
    )

    found = {key: field.value for key, field in extract(Document((page(1, *rows),)), Verdict(name, 1.0), RULES).items()}

    assert (found["number"], found["date"]) == ("12/2024/QĐ-UBND", "03/02/2024")
