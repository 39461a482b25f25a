"""The sealed PDF on its way out: fetched whole, hashed, and only then sent; a part of it where a part is asked for.

Limit: every call, also one for a part, fetches and hashes the whole object and keeps it on disk until it is sent, so the
temporary folder must hold the largest record once for each call under way (40 threads at most); for large papers the
portal offers a link to the store instead.

A paper counts as given out when the last byte of its content leaves, whatever range that byte was asked for in: whoever
fetches all of it, at once or in parts, counts once, and a look at its beginning or middle does not count.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import IO, Final

from fastapi.responses import Response, StreamingResponse

from dossier.errors import StoreCorrupt
from storage.ledger import RecordRow

CHUNK: Final = 1 << 18
"""Bytes sent at once."""

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def spool(chunks: Iterable[bytes], row: RecordRow, into: IO[bytes]) -> bool:
    """Write the object's bytes to ``into`` and say whether they are the bytes that were stored.

    Stops as soon as more bytes come than the ledger knows of, so disk use is bounded by the size of the record.
    """
    digest, size = sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > row.size:
            return False
        digest.update(chunk)
        into.write(chunk)
    into.flush()
    return size == row.size and digest.hexdigest() == row.sha256


def content_response(
    chunks: Iterable[bytes],
    row: RecordRow,
    wanted: str | None,
    unless_changed: str | None,
    given_out: Callable[[], None],
) -> Response:
    """The PDF, or the range of it that is ``wanted``; nothing of it when its hash differs.

    Args:
        chunks: the object as the warehouse streams it.
        row: what the ledger knows of it.
        wanted: the call's Range header; several ranges at once are answered with the whole, as RFC 9110 allows.
        unless_changed: the call's If-Range header.
        given_out: called before the chunk that ends the content is sent, hence after the audit trail has the call; where it
            fails that chunk does not leave.

    Raises:
        StoreCorrupt: the bytes are not those that were stored.
    """
    # no name on the disk: the bytes are gone when the answer is, also after a crash
    held = tempfile.TemporaryFile(buffering=CHUNK)  # noqa: SIM115 - closed by _send, or with the response
    if not spool(chunks, row, held):
        held.close()
        raise StoreCorrupt(f"record {row.record_id}")
    headers = _headers(row)
    span = _span(wanted, row.size) if wanted and unless_changed in (None, headers["ETag"]) else None
    start, stop = span or (0, row.size)
    if start >= stop:
        held.close()
        return Response(status_code=416, headers={"Content-Range": f"bytes */{row.size}"})
    if span is not None:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{row.size}"
    headers["Content-Length"] = str(stop - start)
    body = _send(held, start, stop, given_out if stop == row.size else None)
    return StreamingResponse(body, 200 if span is None else 206, headers, media_type="application/pdf")


def _headers(row: RecordRow) -> dict[str, str]:
    return {
        # neutral name: neither the type of the paper nor the person belongs into a download folder
        "Content-Disposition": f'attachment; filename="document-{row.record_id[:8]}.pdf"',
        "ETag": f'"{row.sha256}"',
        "X-Content-SHA256": row.sha256,
        "Accept-Ranges": "bytes",
    }


def _span(wanted: str, size: int) -> tuple[int, int] | None:
    """First byte and the byte after the last; None for what is to be ignored; an empty span cannot be satisfied."""
    found = _RANGE.fullmatch(wanted.strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size
    start = int(found[1])
    if found[2] and int(found[2]) < start:
        return None
    return start, min(size, int(found[2]) + 1 if found[2] else size)


def _send(held: IO[bytes], start: int, stop: int, at_the_end: Callable[[], None] | None) -> Iterator[bytes]:
    with held:
        held.seek(start)
        while start < stop and (chunk := held.read(min(CHUNK, stop - start))):
            start += len(chunk)
            if start == stop and at_the_end is not None:
                at_the_end()
            yield chunk
