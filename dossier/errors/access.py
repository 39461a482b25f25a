"""Calls to the portal that get no answer."""

from __future__ import annotations

from dossier.errors.base import DossierError


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


class LinkExpired(AccessRefused):
    """A link that was good for a minute."""

    code = "LINK_EXPIRED"
    vi = "Liên kết tải đã hết hạn"
    en = "The link has expired"
    do_vi = "Yêu cầu liên kết mới."
    do_en = "Ask for a new link."
