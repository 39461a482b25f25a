"""Every error raised on purpose, as one tree; each says what is wrong and what to do, in Vietnamese and in English.

DossierError
├── InputRefused              the file goes to the refused shelf; a retry cannot help
│   ├── EmptyFile             EMPTY
│   ├── NotWhatItSays         NOT_WHAT_IT_SAYS
│   ├── UnsupportedKind       UNSUPPORTED
│   ├── TruncatedFile         TRUNCATED
│   ├── DamagedFile           DAMAGED
│   ├── EncryptedFile         ENCRYPTED
│   ├── TooManyPixels         TOO_MANY_PIXELS
│   ├── TooManyPages          TOO_MANY_PAGES
│   ├── NotAPlainFile         NOT_A_PLAIN_FILE
│   ├── OpeningFailed         OPENING_FAILED     the cage ended the program that opened it
│   └── ManifestRefused       the file beside a scan; the scan itself goes on, and its papers are held
│       ├── BadManifest           BAD_MANIFEST
│       ├── ManifestHashDiffers   MANIFEST_HASH_DIFFERS
│       ├── ManifestLate          MANIFEST_LATE           the scan's papers are settled
│       └── ManifestWithoutScan   MANIFEST_WITHOUT_SCAN
├── FileChanged               FILE_CHANGED       retry: somebody still writes it, or took it away
├── PageFailed                one page; its document is held
│   ├── PageUnreadable        PAGE_UNREADABLE
│   ├── PageTimeout           OCR_TIMEOUT
│   └── PageDied              PAGE_DIED          killed by a limit of the cage, or crashed
├── PagesLost                 PAGES_LOST         grouping did not place every page once; a fault of the program
├── BindingFailed             BINDING_FAILED
├── SigningFailed
│   ├── TimestampUnavailable  TSA_UNAVAILABLE    retry
│   ├── SignerRejected        SIGNER_REJECTED    stop the batch
│   ├── KeyUnavailable        KEY_UNAVAILABLE    stop the batch
│   ├── StampDoesNotFit       STAMP_DOES_NOT_FIT
│   └── SealBroken            SEAL_BROKEN        the verify gate said no; nothing is published
├── StoreFailed
│   ├── StoreUnavailable      STORE_UNAVAILABLE  retry
│   ├── StoreCorrupt          STORE_CORRUPT      bytes read back differ
│   └── NoSuchObject          NO_SUCH_OBJECT
├── LedgerConflict            LEDGER_CONFLICT
├── DecisionRefused           a person's decision on a held document; nothing was changed
│   ├── NoSuchHold            NO_SUCH_HOLD       gone, or no longer what was shown
│   ├── AlreadyDecided        ALREADY_DECIDED    somebody else was first
│   ├── SecretPaper           SECRET_PAPER       it can only be rejected
│   ├── DecisionIncomplete    DECISION_INCOMPLETE
│   └── DecisionMalformed     DECISION_MALFORMED
├── ReleaseFailed             a decision cannot be carried out; the document goes back to the shelf
│   ├── ScansChanged          SCANS_CHANGED      the pages are not those that the person saw
│   └── PageGone              PAGE_GONE          a page that was read before cannot be read now
├── TooFewCorrections         TOO_FEW_CORRECTIONS  nothing to train a text model on
├── NoEarlierModel            NO_EARLIER_MODEL     the shipped text model is live
├── StackFailed               STACK_FAILED       a server of the local stack does not start
├── BadCoverSheet             BAD_COVER_SHEET    `sohoa cover` prints all or nothing
├── Misconfigured             MISCONFIGURED
└── AccessRefused
    ├── NotAuthenticated      NOT_AUTHENTICATED  HTTP 401
    ├── NotAllowed            NOT_ALLOWED        HTTP 403
    ├── PurposeRequired       PURPOSE_REQUIRED   HTTP 400
    ├── NotFound              NOT_FOUND          HTTP 404; also said where a caller may not know
    ├── MalformedRequest      MALFORMED_REQUEST  HTTP 422
    └── AuditUnavailable      AUDIT_UNAVAILABLE  HTTP 503; nothing is served that is not written down

Messages hold codes, sizes, page numbers and hashes, never a name, an ID number, a file name or text of a page:
they end in logs and in Prefect.
"""

from __future__ import annotations

from typing import ClassVar


class DossierError(Exception):
    """Base of every error raised on purpose.

    Args:
        detail: what was measured (sizes, codes, hashes), English, no personal data; may be empty.
    """

    code: ClassVar[str] = "FAILED"
    retryable: ClassVar[bool] = False
    """True when the same act may succeed later without anybody changing anything."""
    vi: ClassVar[str] = "Có lỗi"
    en: ClassVar[str] = "Something failed"
    do_vi: ClassVar[str] = "Xem nhật ký và báo người quản trị."
    do_en: ClassVar[str] = "Look at the log and tell the operator."

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(detail)

    def __reduce__(self) -> tuple[type[DossierError], tuple[str]]:
        """Pickle by class and detail: errors cross process borders."""
        return type(self), (self.detail,)

    def __str__(self) -> str:
        """One line for a log: code, what, detail."""
        return f"{self.code}: {self.en}" + (f" ({self.detail})" if self.detail else "")

    @property
    def advice(self) -> str:
        """What is wrong and what to do, for the person at the scanner: Vietnamese, then English."""
        extra = f" ({self.detail})" if self.detail else ""
        return f"[{self.code}] {self.vi}{extra}. {self.do_vi}\n[{self.code}] {self.en}{extra}. {self.do_en}"


class InputRefused(DossierError):
    """A file that cannot be taken."""

    code = "REFUSED"
    vi = "Không nhận được tệp"
    en = "The file cannot be taken"
    do_vi = "Quét lại giấy tờ rồi thả tệp mới vào."
    do_en = "Scan the paper again and drop the new file."


class EmptyFile(InputRefused):
    """Zero bytes, or only a header."""

    code = "EMPTY"
    vi = "Tệp rỗng, không có nội dung"
    en = "The file is empty"


class NotWhatItSays(InputRefused):
    """The name says one kind, the bytes are another."""

    code = "NOT_WHAT_IT_SAYS"
    vi = "Nội dung tệp không đúng với đuôi tên tệp"
    en = "The content is not what the file name says"
    do_vi = "Kiểm tra tệp; lưu lại đúng định dạng PDF, TIFF, JPEG hoặc PNG rồi thả lại."
    do_en = "Check the file; save it as a true PDF, TIFF, JPEG or PNG and drop it again."


class UnsupportedKind(InputRefused):
    """Neither PDF, TIFF, JPEG nor PNG."""

    code = "UNSUPPORTED"
    vi = "Định dạng tệp không được hỗ trợ"
    en = "This kind of file is not supported"
    do_vi = "Hãy quét hoặc lưu lại thành PDF, TIFF, JPEG hoặc PNG."
    do_en = "Scan or save it as PDF, TIFF, JPEG or PNG."


class TruncatedFile(InputRefused):
    """The end of the file is missing."""

    code = "TRUNCATED"
    vi = "Tệp bị cụt, thiếu phần cuối"
    en = "The end of the file is missing"
    do_vi = "Chép lại tệp từ máy quét hoặc quét lại giấy tờ."
    do_en = "Copy the file from the scanner again or scan the paper again."


class DamagedFile(InputRefused):
    """The structure is broken."""

    code = "DAMAGED"
    vi = "Tệp bị hỏng"
    en = "The file is damaged"


class EncryptedFile(InputRefused):
    """The PDF asks for a password."""

    code = "ENCRYPTED"
    vi = "Tệp PDF được đặt mật khẩu"
    en = "The PDF is protected by a password"
    do_vi = "Bỏ mật khẩu (mở tệp, in ra PDF mới) rồi thả lại."
    do_en = "Remove the password (open it and print it to a new PDF) and drop it again."


class TooManyPixels(InputRefused):
    """A picture over the pixel limit."""

    code = "TOO_MANY_PIXELS"
    vi = "Ảnh quá lớn so với giới hạn điểm ảnh"
    en = "The picture is over the pixel limit"
    do_vi = "Quét lại ở 300 dpi; với bản vẽ khổ lớn hãy báo người quản trị nâng giới hạn."
    do_en = "Scan again at 300 dpi; for a large drawing ask the operator to raise the limit."


class TooManyPages(InputRefused):
    """More pages than one drop may hold."""

    code = "TOO_MANY_PAGES"
    vi = "Tệp có quá nhiều trang"
    en = "The file has too many pages"
    do_vi = "Chia tệp thành nhiều lô nhỏ hơn rồi thả lại."
    do_en = "Split it into smaller batches and drop them again."


class NotAPlainFile(InputRefused):
    """A symbolic link, device, pipe or folder loop."""

    code = "NOT_A_PLAIN_FILE"
    vi = "Không phải tệp thường"
    en = "This is not a plain file"
    do_vi = "Chỉ thả tệp thật vào hộp, không thả lối tắt."
    do_en = "Drop real files, not links."


class OpeningFailed(InputRefused):
    """The caged program that opened the file was ended by a limit."""

    code = "OPENING_FAILED"
    vi = "Không mở được tệp trong giới hạn an toàn"
    en = "The file could not be opened within the safety limits"


class ManifestRefused(InputRefused):
    """The file that a reception system dropped beside a scan cannot be believed (docs/hand-in.md)."""

    code = "MANIFEST_REFUSED"
    vi = "Không dùng được tệp kê khai"
    en = "The manifest cannot be used"
    do_vi = (
        "Bản quét vẫn được xử lý nhưng giấy tờ chờ người quyết định: dùng `sohoa held decide`. "
        "Nếu bản quét chưa được thả thì sửa tệp kê khai theo docs/hand-in.md rồi thả lại cùng bản quét."
    )
    do_en = (
        "The scan goes on, but its papers wait for a person: use `sohoa held decide`. "
        "If the scan has not been dropped yet, correct the manifest as docs/hand-in.md says and drop both again."
    )


class BadManifest(ManifestRefused):
    """Not the JSON of the schema, or a code in it is no code."""

    code = "BAD_MANIFEST"
    vi = "Tệp kê khai sai quy cách"
    en = "The manifest is not as the schema says"


class ManifestHashDiffers(ManifestRefused):
    """It speaks of a scan with other bytes."""

    code = "MANIFEST_HASH_DIFFERS"
    vi = "Mã băm trong tệp kê khai không phải của bản quét này"
    en = "The hash in the manifest is not that of the scan"


class ManifestLate(ManifestRefused):
    """The papers of the scan were settled without it, or it is not certain of which scan it speaks."""

    code = "MANIFEST_LATE"
    vi = "Tệp kê khai đến sau khi bản quét đã được xử lý"
    en = "The manifest came after the scan had been worked"
    do_vi = "Giấy tờ đang chờ thì quyết định bằng `sohoa held decide`; lần sau thả tệp kê khai trước hoặc cùng bản quét."
    do_en = "Decide what waits with `sohoa held decide`; next time drop the manifest before the scan or together with it."


class ManifestWithoutScan(ManifestRefused):
    """No scan of its name came, or the scan was refused."""

    code = "MANIFEST_WITHOUT_SCAN"
    vi = "Không có bản quét nào được nhận cùng tên với tệp kê khai"
    en = "No scan of the manifest's name was taken"
    do_vi = "Thả lại tệp kê khai cùng với bản quét, hai tệp cùng tên và cùng thư mục."
    do_en = "Drop it again together with its scan, both under the same name in the same folder."


class FileChanged(DossierError):
    """A local file changed or went away while it was being read; nothing was published under its hash."""

    code = "FILE_CHANGED"
    retryable = True
    vi = "Tệp bị thay đổi trong lúc đang nhận"
    en = "The file changed while it was being read"
    do_vi = "Hệ thống sẽ tự nhận lại khi tệp đứng yên."
    do_en = "It is taken again by itself once it is still."


class PageFailed(DossierError):
    """One page could not be read; its document is held."""

    code = "PAGE_FAILED"
    vi = "Không đọc được trang"
    en = "The page could not be read"
    do_vi = "Xem trang gốc và quyết định trên bàn xử lý."
    do_en = "Look at the original page and decide at the desk."


class PageUnreadable(PageFailed):
    """The picture cannot be decoded."""

    code = "PAGE_UNREADABLE"
    vi = "Ảnh của trang không giải mã được"
    en = "The picture of the page cannot be decoded"


class PageTimeout(PageFailed):
    """Over the time for one page."""

    code = "OCR_TIMEOUT"
    vi = "Đọc trang quá thời gian cho phép"
    en = "The page took longer than allowed"


class PageDied(PageFailed):
    """The reading process was killed by a limit or crashed."""

    code = "PAGE_DIED"
    vi = "Tiến trình đọc trang bị dừng"
    en = "The process that read the page was ended"


class PagesLost(DossierError):
    """The pages of a file are not those of its documents, blanks and separators together: nothing of it is settled."""

    code = "PAGES_LOST"
    vi = "Số trang sau khi tách không khớp với tệp gốc"
    en = "The pages of the documents are not the pages of the file"


class BindingFailed(DossierError):
    """The PDF could not be written."""

    code = "BINDING_FAILED"
    vi = "Không đóng được tệp PDF/A"
    en = "The PDF/A could not be bound"


class SigningFailed(DossierError):
    """A document could not be signed."""

    code = "SIGNING_FAILED"
    vi = "Không ký số được"
    en = "The document could not be signed"


class TimestampUnavailable(SigningFailed):
    """The timestamp authority did not give a valid token; nothing was published."""

    code = "TSA_UNAVAILABLE"
    retryable = True
    vi = "Máy chủ dấu thời gian không trả lời đúng"
    en = "The timestamp server gives no valid answer"
    do_vi = "Hệ thống sẽ tự thử lại; nếu kéo dài hãy kiểm tra địa chỉ máy chủ dấu thời gian."
    do_en = "It is retried by itself; if it lasts, check the address of the timestamp server."


class SignerRejected(SigningFailed):
    """The signing certificate is expired, revoked, of another CA or not the expected one."""

    code = "SIGNER_REJECTED"
    vi = "Chứng thư số không dùng được"
    en = "The signing certificate cannot be used"
    do_vi = "Dừng ký; kiểm tra hạn, trạng thái và cấu hình chứng thư số."
    do_en = "Stop signing; check validity, status and configuration of the certificate."


class KeyUnavailable(SigningFailed):
    """The private key cannot be opened."""

    code = "KEY_UNAVAILABLE"
    vi = "Không mở được khóa ký"
    en = "The signing key cannot be opened"
    do_vi = "Kiểm tra tệp khóa và mật khẩu; không thử lại nhiều lần."
    do_en = "Check the key file and its passphrase; do not retry blindly."


class StampDoesNotFit(SigningFailed):
    """The visible text has no place, or the font lacks a letter."""

    code = "STAMP_DOES_NOT_FIT"
    vi = "Dòng chữ ký số không vừa hoặc phông thiếu chữ"
    en = "The visible signature text does not fit or the font lacks a letter"


class SealBroken(SigningFailed):
    """The verify gate refused the signature."""

    code = "SEAL_BROKEN"
    vi = "Chữ ký số không hợp lệ"
    en = "The signature is not valid"
    do_vi = "Không dùng tệp này; lấy lại từ kho hoặc báo người quản trị."
    do_en = "Do not use this file; fetch it from the warehouse again or tell the operator."


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


class DecisionRefused(DossierError):
    """A decision that is not taken down."""

    code = "DECISION_REFUSED"
    vi = "Không ghi nhận quyết định"
    en = "The decision is not taken down"
    do_vi = "Xem lại bằng: sohoa held show."
    do_en = "Look again with: sohoa held show."


class NoSuchHold(DecisionRefused):
    """The hold is gone, or it has changed since it was shown."""

    code = "NO_SUCH_HOLD"
    vi = "Không có giấy tờ chờ này, hoặc nó đã thay đổi sau khi được xem"
    en = "There is no such held document, or it has changed since it was shown"
    do_vi = "Xem danh sách mới bằng: sohoa held list."
    do_en = "Look at the new list with: sohoa held list."


class AlreadyDecided(DecisionRefused):
    """Somebody decided on the same hold before."""

    code = "ALREADY_DECIDED"
    vi = "Giấy tờ này đã có người quyết định"
    en = "Somebody has already decided on this document"


class SecretPaper(DecisionRefused):
    """A paper with a secrecy stamp is not digitized (Luật Bảo vệ bí mật nhà nước 2018)."""

    code = "SECRET_PAPER"
    vi = "Giấy tờ có dấu độ mật: không được lưu, chỉ có thể từ chối"
    en = "The paper bears a secrecy stamp: it may not be filed, only rejected"
    do_vi = "Từ chối bằng: --reject secret, và báo người phụ trách bảo vệ bí mật nhà nước."
    do_en = "Reject it with: --reject secret, and tell the officer for state secrets."


class DecisionIncomplete(DecisionRefused):
    """Something that filing needs is not known; the detail names it."""

    code = "DECISION_INCOMPLETE"
    vi = "Quyết định còn thiếu"
    en = "The decision lacks something"
    do_vi = "Bổ sung phần được nêu (--type, --dossier, --citizen -, --note), hoặc từ chối giấy tờ."
    do_en = "Add what is named (--type, --dossier, --citizen -, --note), or reject the paper."


class DecisionMalformed(DecisionRefused):
    """A value of the decision is not of its form; the detail names the place, never the value."""

    code = "DECISION_MALFORMED"
    vi = "Quyết định có phần sai dạng"
    en = "A part of the decision is malformed"
    do_vi = "Sửa phần được nêu rồi quyết định lại."
    do_en = "Correct what is named and decide again."


class ReleaseFailed(DossierError):
    """A decision that cannot be carried out."""

    code = "RELEASE_FAILED"
    vi = "Không thực hiện được quyết định"
    en = "The decision cannot be carried out"
    do_vi = "Giấy tờ trở lại danh sách chờ; xem và quyết định lại."
    do_en = "The document is back on the shelf; look and decide again."


class ScansChanged(ReleaseFailed):
    """The pages are not those that the person saw: what was reviewed is what is sealed, or nothing is."""

    code = "SCANS_CHANGED"
    vi = "Ảnh trang không còn đúng như khi được xem"
    en = "The pages are not those that were shown"


class PageGone(ReleaseFailed):
    """A page that could be read when the document was shown cannot be read now."""

    code = "PAGE_GONE"
    vi = "Có trang nay không đọc được"
    en = "A page cannot be read now"


class StackFailed(DossierError):
    """A server of the local stack does not start or stopped."""

    code = "STACK_FAILED"
    vi = "Một dịch vụ không khởi động được"
    en = "A server of the stack does not start"
    do_vi = "Xem tệp nhật ký được nêu."
    do_en = "Look at the log file named."


class BadCoverSheet(DossierError):
    """What should stand on a separator sheet is no code, or a table of them cannot be read; nothing was written."""

    code = "BAD_COVER_SHEET"
    vi = "Không in được phiếu ngăn cách"
    en = "The separator sheets cannot be printed"
    do_vi = "Sửa chỗ nêu trên rồi chạy lại; chưa có tờ nào được in."
    do_en = "Correct what is named above and run it again; no sheet was made."


class TooFewCorrections(DossierError):
    """A text model cannot be trained on so little; nothing was changed."""

    code = "TOO_FEW_CORRECTIONS"
    vi = "Chưa đủ quyết định sửa loại giấy tờ để huấn luyện mô hình"
    en = "Too few decisions on document types to train a model"
    do_vi = "Tiếp tục xử lý giấy tờ chờ (sohoa held), rồi huấn luyện lại."
    do_en = "Go on deciding held documents (sohoa held), then train again."


class NoEarlierModel(DossierError):
    """There is no text model to go back to."""

    code = "NO_EARLIER_MODEL"
    vi = "Không có mô hình trước đó: đang dùng mô hình kèm chương trình"
    en = "There is no earlier model: the shipped one is in use"
    do_vi = "Không cần làm gì thêm."
    do_en = "Nothing needs to be done."


class Misconfigured(DossierError):
    """A setting or data file is wrong, or a program is missing."""

    code = "MISCONFIGURED"
    vi = "Cấu hình sai hoặc thiếu chương trình"
    en = "A setting is wrong or a program is missing"
    do_vi = "Sửa cấu hình theo nội dung nêu trên; chạy ./run để cài phần còn thiếu."
    do_en = "Correct the setting named; ./run installs what is missing."


class AccessRefused(DossierError):
    """The portal does not serve this call."""

    code = "ACCESS_REFUSED"
    vi = "Yêu cầu bị từ chối"
    en = "The request is refused"
    do_vi = "Kiểm tra quyền của hệ thống gọi."
    do_en = "Check the rights of the calling system."


class NotAuthenticated(AccessRefused):
    """No token or an unknown one."""

    code = "NOT_AUTHENTICATED"
    vi = "Thiếu mã truy cập hợp lệ"
    en = "A valid access token is missing"


class NotAllowed(AccessRefused):
    """The token is known but lacks the right."""

    code = "NOT_ALLOWED"
    vi = "Mã truy cập không có quyền này"
    en = "The access token lacks this right"


class NotFound(AccessRefused):
    """There is nothing, or the caller may not know that there is."""

    code = "NOT_FOUND"
    vi = "Không tìm thấy"
    en = "Not found"
    do_vi = "Kiểm tra lại mã và quyền xem."
    do_en = "Check the id, and the right to see it."


class PurposeRequired(AccessRefused):
    """A read of a citizen's papers must say what it is for."""

    code = "PURPOSE_REQUIRED"
    vi = "Thiếu mục đích tra cứu hợp lệ"
    en = "A valid purpose of the read is missing"
    do_vi = "Gửi tiêu đề X-Purpose với mã hồ sơ hoặc lý do ngắn (tối đa 200 ký tự), không chứa số định danh hay họ tên."
    do_en = "Send the header X-Purpose with the dossier code or a short reason (200 letters), without ID numbers or names."


class MalformedRequest(AccessRefused):
    """An ID, a cursor or a number of the request is not of its form."""

    code = "MALFORMED_REQUEST"
    vi = "Yêu cầu sai định dạng"
    en = "The request is malformed"
    do_vi = "Kiểm tra mã định danh và tham số theo tài liệu tại /docs."
    do_en = "Check the IDs and parameters against the documentation at /docs."


class AuditUnavailable(AccessRefused):
    """The audit trail cannot be written, so nothing is served."""

    code = "AUDIT_UNAVAILABLE"
    retryable = True
    vi = "Không ghi được nhật ký truy cập nên không trả dữ liệu"
    en = "The audit trail cannot be written, so nothing is served"
    do_vi = "Thử lại sau; báo người quản trị nếu kéo dài."
    do_en = "Try again later; tell the operator if it lasts."
