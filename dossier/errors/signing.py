"""Seals that are not made, or do not hold."""

from __future__ import annotations

from dossier.errors.base import DossierError


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
