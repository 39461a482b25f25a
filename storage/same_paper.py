"""Papers that should be one and are not: the same number of the same agency, or the same scan for two citizens.

An issuing agency numbers its papers through the year (NĐ 30/2020 Annex I Part I), so number, symbol, agency and year name
one paper. Two that share them were scanned twice, misread, or one of them is forged: a person must look (requirement R17).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, RowMapping, select

from storage.alarms import raise_alarm
from storage.database.rows import RecordRow
from storage.database.statements import one
from storage.database.tables import records
from storage.search.index import all_hits
from storage.search.keys import paper_key
from storage.search.query import Key, Query


def compare_with_known(connection: Connection, record_id: str) -> None:
    """Raise an alarm for every record that claims to be the same paper; inside the transaction that enters this one.

    Args:
        connection: inside a transaction.
        record_id: the record that was just entered, and in the index of the search.
    """
    entered = one(connection, records, record_id=record_id)
    if entered is None or entered["state"] != "valid":
        return
    for other in _same_scans(connection, entered):
        raise_alarm(connection, "same_scan", record_id, f"record {other['record_id']}")
    for known in _same_number(connection, entered):
        raise_alarm(connection, "same_number", record_id, f"record {known.record_id}")


def _same_scans(connection: Connection, entered: RowMapping) -> list[RowMapping]:
    """Records of other citizens that were made of the very same pictures."""
    if entered["scans_sha256"] is None:
        return []
    query = select(records).where(
        records.c.scans_sha256 == entered["scans_sha256"],
        records.c.citizen != entered["citizen"],
        records.c.state == "valid",
    )
    return list(connection.execute(query).mappings())


def _same_number(connection: Connection, entered: RowMapping) -> list[RecordRow]:
    """Records of other pictures with the same number, symbol and agency, in what may be the same year.

    The index of the search has a key for them: marks, case and blanks do not count, and hundreds of agencies that all
    have a number 12 cost nothing.
    """
    key = paper_key(entered["number"] or "", entered["agency"] or "")
    if key is None:
        return []
    return [
        other
        for other in all_hits(connection, Query(((Key(key),),)))
        if other.record_id != entered["record_id"]
        and other.scans_sha256 != entered["scans_sha256"]
        and _may_be_same_year(other.dated, entered["dated"])
    ]


def _may_be_same_year(one_day: date | None, other_day: date | None) -> bool:
    return one_day is None or other_day is None or one_day.year == other_day.year
