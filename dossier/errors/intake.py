"""Files and manifests of the inbox that cannot be taken."""

from __future__ import annotations

from dossier.errors.base import DossierError


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


class AlreadyDestroyed(InputRefused):
    """The very bytes of a file that went with its records; what two persons ended does not come back unseen."""

    code = "ALREADY_DESTROYED"
    vi = "Chính tệp này đã bị tiêu hủy theo quyết định"
    en = "This very file was destroyed by decision"
    do_vi = "Báo cho người lưu trữ; nếu giấy tờ cần được lưu lại thì quét lại bản giấy."
    do_en = "Tell the archivist; if the paper is to be kept again, scan it anew."


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


class FileUnreadable(DossierError):
    """The intake may not read a file of the inbox; it stays there."""

    code = "FILE_UNREADABLE"
    vi = "Hệ thống không có quyền đọc tệp trong hộp"
    en = "The intake has no right to read a file of the inbox"
    do_vi = "Cho người dùng chạy hệ thống quyền đọc tệp, và đặt quyền mặc định của máy quét cho đúng; tệp sẽ tự được nhận."
    do_en = "Let the user of the service read it, and mend the scanner's default rights; it is taken by itself then."
