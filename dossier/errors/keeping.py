"""The warehouse and the ledger."""

from __future__ import annotations

from dossier.errors.base import DossierError


class StoreFailed(DossierError):
    """The warehouse could not do its part."""

    code = "STORE_FAILED"
    vi = "Kho lưu trữ gặp lỗi"
    en = "The warehouse failed"


class StoreUnavailable(StoreFailed):
    """The S3 server does not answer or is overloaded."""

    code = "STORE_UNAVAILABLE"
    retryable = True
    vi = "Kho lưu trữ không trả lời"
    en = "The warehouse does not answer"
    do_vi = "Hệ thống sẽ tự thử lại; kiểm tra máy chủ S3 nếu kéo dài."
    do_en = "It is retried by itself; check the S3 server if it lasts."


class StoreCorrupt(StoreFailed):
    """Bytes read back differ from the bytes written."""

    code = "STORE_CORRUPT"
    vi = "Dữ liệu đọc lại từ kho không khớp mã băm"
    en = "Bytes read back from the warehouse differ from their hash"
    do_vi = "Dừng nhận hồ sơ và kiểm tra kho lưu trữ."
    do_en = "Stop the intake and check the warehouse."


class NoSuchObject(StoreFailed):
    """The key is not in the bucket."""

    code = "NO_SUCH_OBJECT"
    vi = "Không có đối tượng này trong kho"
    en = "The warehouse has no such object"


class LedgerConflict(DossierError):
    """Two acts contradict each other; nothing was changed."""

    code = "LEDGER_CONFLICT"
    vi = "Sổ cái có mâu thuẫn"
    en = "The ledger contradicts itself"


class LedgerUnavailable(DossierError):
    """The ledger's database does not answer, or has no room."""

    code = "LEDGER_UNAVAILABLE"
    retryable = True
    vi = "Cơ sở dữ liệu của sổ cái không trả lời hoặc hết chỗ"
    en = "The database of the ledger does not answer or has no room"
    do_vi = "Hệ thống sẽ tự thử lại; kiểm tra máy chủ PostgreSQL hoặc ổ đĩa nếu kéo dài."
    do_en = "It is retried by itself; check the PostgreSQL server or the disk if it lasts."


class DiskLow(DossierError):
    """Less room than the low-water mark on a disk that the intake needs; nothing was taken."""

    code = "DISK_LOW"
    retryable = True
    vi = "Đĩa sắp đầy, hệ thống tạm ngừng nhận tệp"
    en = "The disk is nearly full; the intake rests"
    do_vi = "Giải phóng dung lượng; hệ thống tự nhận tiếp khi đủ chỗ."
    do_en = "Make room; the intake goes on by itself."


class PlaceGone(DossierError):
    """A folder that must be a mounted disk is not; nothing was read from it or written to it."""

    code = "PLACE_GONE"
    retryable = True
    vi = "Thư mục của hệ thống không còn gắn với ổ đĩa của nó"
    en = "A folder of the installation is not the disk that it was"
    do_vi = "Gắn lại ổ đĩa; hệ thống không ghi gì vào thư mục trống."
    do_en = "Mount the disk again; nothing is written to the empty folder."


class ObjectLost(StoreFailed):
    """No sound copy of an object is left, neither here nor in the replica."""

    code = "OBJECT_LOST"
    vi = "Không còn bản nguyên vẹn nào của đối tượng, kể cả ở kho dự phòng"
    en = "No sound copy of an object is left, the replica included"
    do_vi = "Dừng tiêu hủy mọi bản gốc giấy và khôi phục từ bản sao lưu ngoại tuyến."
    do_en = "Keep every paper original and restore from the offline backup."


class MasterKeyMissing(StoreFailed):
    """The master key that opens the warehouse is not here, or is another."""

    code = "MASTER_KEY_MISSING"
    vi = "Không mở được khóa chủ của kho"
    en = "The master key of the warehouse cannot be opened"
    do_vi = "Kiểm tra tệp khóa hoặc thiết bị khóa; không tạo khóa mới khi kho đã có dữ liệu."
    do_en = "Check the key file or the token; never make a new key for a warehouse that holds data."


class NoSuchRecord(DossierError):
    """There is no record of this id."""

    code = "NO_SUCH_RECORD"
    vi = "Không có bản ghi này"
    en = "There is no such record"
    do_vi = "Kiểm tra mã bản ghi bằng `sohoa search`."
    do_en = "Look the record up with `sohoa search`."


class ManyRecords(DossierError):
    """The first letters of an id that were typed are those of several records."""

    code = "MANY_RECORDS"
    vi = "Nhiều bản ghi có mã bắt đầu như vậy"
    en = "Several records have ids that begin so"
    do_vi = "Gõ thêm chữ của mã; `sohoa search --json` cho mã đầy đủ."
    do_en = "Type more letters; `sohoa search --json` shows whole ids."


class RecordBound(DossierError):
    """A retention period or a legal hold keeps the record; nothing was changed."""

    code = "RECORD_BOUND"
    vi = "Bản ghi còn thời hạn lưu trữ hoặc đang bị phong tỏa"
    en = "A retention period or a legal hold keeps the record"
    do_vi = "Chờ hết thời hạn hoặc gỡ phong tỏa theo quyết định của người có thẩm quyền."
    do_en = "Wait for the period to end, or have the hold lifted by who may."


class SecondPersonNeeded(DossierError):
    """An act that takes two persons was asked for twice by the same."""

    code = "SECOND_PERSON_NEEDED"
    vi = "Việc này cần người thứ hai đồng ý"
    en = "This act needs a second person"
    do_vi = "Người khác phải xác nhận."
    do_en = "Somebody else must agree."


class AuditBroken(DossierError):
    """The audit trail does not hold."""

    code = "AUDIT_BROKEN"
    vi = "Nhật ký kiểm toán bị thay đổi"
    en = "The audit trail was changed"
    do_vi = "Dừng hệ thống, giữ nguyên dữ liệu và báo người phụ trách an toàn thông tin."
    do_en = "Stop, keep everything as it is, and tell the security officer."


class BagInvalid(DossierError):
    """An export that does not hold together; nothing was taken from it."""

    code = "BAG_INVALID"
    vi = "Gói xuất không nguyên vẹn"
    en = "The bag is not whole"
    do_vi = "Xuất lại từ kho."
    do_en = "Export it again from the warehouse."


class ExportNotWritten(DossierError):
    """The disk that an export goes to is full, away or not to be written; nothing is left there."""

    code = "EXPORT_NOT_WRITTEN"
    vi = "Không ghi được gói xuất"
    en = "The export cannot be written"
    do_vi = "Kiểm tra dung lượng và quyền ghi của thư mục đích rồi xuất lại."
    do_en = "Check room and rights of the target folder and export again."


class AlreadyExported(DossierError):
    """What an export would be called is there; it was left as it is."""

    code = "ALREADY_EXPORTED"
    vi = "Nơi xuất đã có gói này, không ghi đè"
    en = "This export is there already; nothing is written over it"
    do_vi = "Dùng thư mục khác, hoặc kiểm tra gói đã có bằng `sohoa import-check`."
    do_en = "Name another folder, or check what is there with `sohoa import-check`."


class QueryMalformed(DossierError):
    """A search that cannot be understood; the detail names the place, never what was searched for."""

    code = "QUERY_MALFORMED"
    vi = "Câu tìm kiếm sai dạng"
    en = "The search is malformed"
    do_vi = "Sửa phần được nêu; cách viết ở docs/search.md."
    do_en = "Correct what is named; docs/search.md tells how to write a search."
