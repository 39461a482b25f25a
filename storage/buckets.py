"""Names of the buckets of one installation, and which of them are locked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Buckets:
    """The buckets `<prefix>-<part>`."""

    prefix: str

    @property
    def intake(self) -> str:
        """Received bytes."""
        return f"{self.prefix}-intake"

    @property
    def archive(self) -> str:
        """Sealed records, under object lock."""
        return f"{self.prefix}-archive"

    @property
    def sensitive(self) -> str:
        """Sealed records with sensitive personal data, under object lock, with a stricter policy."""
        return f"{self.prefix}-sensitive"

    @property
    def audit(self) -> str:
        """Anchors of the audit trail and certificates of disposal, under object lock."""
        return f"{self.prefix}-audit"

    @property
    def keys(self) -> str:
        """Wrapped keys; not locked, because a changed master key wraps them anew."""
        return f"{self.prefix}-keys"

    def for_record(self, *, sensitive: bool) -> str:
        """Where a record is kept."""
        return self.sensitive if sensitive else self.archive

    def each(self) -> Iterator[tuple[str, bool]]:
        """(name, locked) of every bucket."""
        yield from ((self.intake, False), (self.keys, False))
        yield from ((self.archive, True), (self.sensitive, True), (self.audit, True))
