"""Decisions of persons, and what they teach."""

from __future__ import annotations

from dossier.errors.base import DossierError


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


class RecordWithdrawn(ReleaseFailed):
    """A person withdrew the record of these very scans; it is not filed again for the same dossier and citizen."""

    code = "RECORD_WITHDRAWN"
    vi = "Bản ghi của chính bản quét này đã bị rút khỏi kho"
    en = "The record of these very scans was withdrawn"
    do_vi = "Xem bằng: sohoa record show; từ chối giấy tờ, hoặc lưu vào đúng hồ sơ và đúng công dân."
    do_en = "See it with: sohoa record show; reject the paper, or file it under the right dossier and citizen."


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
