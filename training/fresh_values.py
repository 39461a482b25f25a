"""Made-up contents of the fresh pages: names, places, numbers and sentences put together at random; nobody is meant."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

_FAMILY: Final = (
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Tạ Quách Triệu Mai Lương Đoàn Chử Kiều"
).split()
_MIDDLE: Final = "Văn Thị Đức Hữu Ngọc Quang Thúy Minh Xuân Gia Bảo Thanh Kim Tuyết Mỹ Đình Công Khánh Ánh Diệu".split()
_GIVEN: Final = (
    "Anh Bích Cường Dũng Duyên Đạt Giang Hạnh Hậu Hiếu Hoài Huệ Hưng Khuê Kiên Lân Liễu Lộc Mẫn Mỵ Nghĩa Nguyệt Nhàn "
    "Oanh Phúc Phượng Quyên Quỳnh Sáng Sửu Tấn Thắm Thìn Thưởng Thủy Tiến Toản Trầm Trữ Tuyến Uyển Vượng Xoan Yến"
).split()
_PLACES: Final = (
    "Đồng Vân Trường Phú Thạch Lạc Hòa Yên Bình Cẩm Thượng Hạ Quảng Ninh Tân Vĩnh Long Mỹ Kỳ Sơn Giang Lộc Thủy "
    "Xuân Khê Hưng Diễn Nghi Quỳ Châu Mường Chiềng Kẻ Bãi Cồn Gò"
).split()
_PROVINCES: Final = (
    "Hà Giang, Cao Bằng, Lạng Sơn, Bắc Kạn, Thái Nguyên, Phú Thọ, Vĩnh Phúc, Nam Định, Ninh Bình, Thanh Hóa, Nghệ An, "
    "Quảng Trị, Khánh Hòa, Đắk Lắk, Lâm Đồng, Tây Ninh, Bến Tre, Sóc Trăng, Cà Mau, Thừa Thiên Huế"
).split(", ")
_WORK: Final = (
    "thợ xây|giáo viên|nông dân|y sĩ|lái xe|công nhân dệt|kế toán|nuôi ong|buôn vải|sửa đồng hồ|thủy thủ|nghỉ hưu".split(
        "|"
    )
)
_AGENCIES: Final = (
    "Ủy ban nhân dân xã|Phòng Tài nguyên và Môi trường huyện|Sở Xây dựng tỉnh|Chi cục Thuế khu vực|Công an huyện|"
    "Văn phòng đăng ký đất đai|Trung tâm y tế huyện|Bảo hiểm xã hội thị xã|Trường trung học cơ sở"
).split("|")
_SUBJECTS: Final = (
    "Đàn cò trắng|Người thợ mộc già|Chiếc thuyền nan|Bầy ong rừng|Mấy đứa trẻ xóm dưới|Cơn mưa đầu hạ|Tiếng trống trường|"
    "Chợ phiên vùng cao|Ngọn hải đăng|Vườn quýt sau nhà|Bác đưa thư|Con đường đất đỏ|Đoàn tàu đêm|Quán nước dưới gốc đa|"
    "Dòng kênh nhỏ|Bếp lửa nhà sàn|Lũ chim sẻ|Cây cầu khỉ|Người gác rừng|Hội đua ghe ngo|Tổ thủy văn|Trạm khuyến nông"
).split("|")
_VERBS: Final = (
    "lặng lẽ vượt qua|đã kịp ghé lại|thường tỉnh giấc trước|vừa được tu sửa cạnh|chẳng bao giờ rời khỏi|hay kể chuyện về|"
    "vẫn giữ nguyên nếp cũ của|bỗng rực sáng giữa|phải chờ gần ba tuần mới tới|rủ nhau quây quần bên|ghi chép cẩn thận về|"
    "nghiêng mình soi xuống|tỏa hương ngào ngạt khắp|cần mẫn đắp lại|đo đạc lần nữa"
).split("|")
_OBJECTS: Final = (
    "bến sông phủ sương|thửa ruộng bậc thang|mái đình rêu phong|cánh đồng muối trắng|khu vườn ươm giống|"
    "lớp học bên sườn đồi|giếng khơi của làng|đầm sen cuối hạ|xưởng dệt thổ cẩm|bờ đê chắn sóng|"
    "nương ngô mới trổ cờ|phố cổ lát gạch|bản đồ thủy lợi|cầu cảng xi măng|kho thóc giống|"
    "rặng phi lao ven biển|lò gốm nung củi|trạm bơm số hai|hồ chứa nước ngọt|quyển sổ bìa xanh"
).split("|")
_TAILS: Final = (
    ", dù gió bấc thổi suốt đêm| trong lúc nước triều đang rút| vì ai nấy đều mong mùa vụ khá hơn|"
    ", rồi trở về khi trời nhá nhem| mà không cần đến một lời nhắc nhở| như thể mọi chuyện mới xảy ra hôm qua|"
    "; kết quả được ghi ở trang 27|"
    " (khoảng 1.250 mét về phía tây)| theo lời dặn của cụ Ưởng| với chi phí 3.480.000 đồng|, ngoại trừ những năm lũ muộn|"
    " bởi lẽ thuở ấy chưa có điện| để kịp chuyến phà lúc 5 giờ 40 phút| giữa tiếng chày giã gạo thậm thịch"
).split("|")


@dataclass(frozen=True)
class Values:
    """Draws contents from one source of chance; the same seed gives the same page."""

    rng: random.Random

    def name(self) -> str:
        """A full name of three or four words."""
        middle = self.rng.sample(_MIDDLE, self.rng.choice((1, 1, 2)))
        return " ".join((self.rng.choice(_FAMILY), *middle, self.rng.choice(_GIVEN)))

    def place(self) -> str:
        """A place name of two words."""
        return " ".join(self.rng.sample(_PLACES, 2))

    def province(self) -> str:
        """A province."""
        return self.rng.choice(_PROVINCES)

    def address(self) -> str:
        """A village, commune, district and province."""
        head = self.rng.choice(("Thôn", "Xóm", "Tổ dân phố", "Ấp", "Bản"))
        return f"{head} {self.place()}, xã {self.place()}, huyện {self.place()}, {self.province()}"

    def day(self) -> tuple[int, int, int]:
        """Day, month, year."""
        return self.rng.randint(1, 28), self.rng.randint(1, 12), self.rng.randint(1951, 2026)

    def date(self) -> str:
        """For example 07/11/2023."""
        return "{:02d}/{:02d}/{}".format(*self.day())

    def long_date(self) -> str:
        """For example ngày 07 tháng 11 năm 2023."""
        return "ngày {:02d} tháng {:02d} năm {}".format(*self.day())

    def digits(self, count: int) -> str:
        """A run of digits."""
        return "".join(self.rng.choices("0123456789", k=count))

    def citizen_id(self) -> str:
        """Twelve digits, the first of them 0."""
        return "0" + self.digits(11)

    def dossier_code(self) -> str:
        """For example H62.33-240106-0001."""
        day, month, year = self.day()
        unit = f".{self.rng.randint(1, 60)}" if self.rng.random() < 0.8 else ""
        return f"H{self.rng.randint(1, 63):02d}{unit}-{year % 100:02d}{month:02d}{day:02d}-{self.rng.randint(1, 4000):04d}"

    def document_number(self) -> str:
        """For example 1234/QĐ-UBND."""
        kind = self.rng.choice(
            ("QĐ-UBND", "TB-VPĐK", "GXN-TNMT", "CV-SXD", "GCN-CAH", "TTr-PTP", "BC-THCS", "NQ-HĐND", "KL-TTr")
        )
        return f"{self.rng.randint(1, 3999)}/{kind}"

    def amount(self) -> str:
        """Money with dots between thousands."""
        return f"{self.rng.randint(12, 999_999) * 1000:,}".replace(",", ".")

    def area(self) -> str:
        """Square metres with a decimal comma."""
        return f"{self.rng.uniform(18, 2400):.1f}".replace(".", ",")

    def phone(self) -> str:
        """Ten digits."""
        return "0" + self.rng.choice("3589") + self.digits(8)

    def work(self) -> str:
        """An occupation."""
        return self.rng.choice(_WORK)

    def agency(self) -> str:
        """An agency of a place."""
        return f"{self.rng.choice(_AGENCIES)} {self.place()}"

    def sentence(self) -> str:
        """A sentence of this module's own grammar; its words are not those of laws."""
        first = "".join((self.rng.choice(_SUBJECTS), " ", self.rng.choice(_VERBS), " ", self.rng.choice(_OBJECTS)))
        return first + (self.rng.choice(_TAILS) if self.rng.random() < 0.75 else "") + "."

    def paragraph(self, sentences: int) -> str:
        """Several sentences."""
        return " ".join(self.sentence() for _ in range(sentences))

    def machine_lines(self) -> tuple[str, str, str]:
        """Three lines of a machine-readable zone, 30 signs each; check digits are not kept."""
        first = f"IDVNM{self.digits(9)}{self.digits(1)}{self.citizen_id()}<<{self.digits(1)}"
        second = f"{self.digits(7)}{self.rng.choice('MF')}{self.digits(7)}VNM<<<<<<<<<<<{self.digits(1)}"
        words = (
            self.rng.choice(("NGUYEN", "TRAN", "PHAM", "DO")),
            self.rng.choice(("VAN", "THI")),
            self.rng.choice(("HOA", "LUC", "BINH")),
        )
        return first, second, f"{words[0]}<<{words[1]}<{words[2]}".ljust(30, "<")
