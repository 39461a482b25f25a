"""Opening the ledger's database, alone and with others; its forms; and what it says when it is away."""

from __future__ import annotations

from collections.abc import Iterator
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, insert, inspect, text
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError, ProgrammingError

from dossier.errors import LedgerUnavailable
from dossier.values import Soundness
from storage.alarms import Alarms, raise_alarm
from storage.database import keeping_tables  # noqa: F401 - belongs to the model
from storage.database.engine import Database
from storage.database.schema import metadata
from storage.database.tables import documents
from storage.ledger import Ledger
from tests.postgres import PostgresServer
from tests.twins.at_once import together
from tests.twins.papers import CITIZEN, digest, received

MIGRATIONS = Path(__file__).resolve().parents[3] / "storage" / "database" / "migrations"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    made = server.empty("empty_one")
    yield made
    server.drop(made)


def open_together(address: str, start: Event, _number: int) -> None:
    start.wait()
    Database.open(address).close()


def test_processes_that_open_a_new_ledger_together_are_all_let_in(tmp_path: Path) -> None:
    for turn in range(12):  # the switch to the write-ahead log turned one in five rounds away before it was repeated
        together(6, open_together, f"sqlite:///{tmp_path / f'{turn}.sqlite'}")


def test_of_eight_processes_that_open_a_new_ledger_the_first_migrates_it(empty_address: str) -> None:
    together(8, open_together, empty_address)

    engine = create_engine(empty_address)
    with engine.connect() as connection:
        assert compare_metadata(context_of(connection), metadata) == []
    engine.dispose()


def context_of(connection: Connection) -> MigrationContext:
    """How the model is compared: all but the keys of the search, which each database has in a form of its own."""
    ours = {"compare_type": True, "compare_server_default": True, "include_name": is_in_the_model}
    return MigrationContext.configure(connection, opts=ours)


def is_in_the_model(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name is None or not name.startswith("search_keys")


def test_the_migrations_make_exactly_the_tables_of_the_model(ledger: Ledger) -> None:
    with ledger.database.reading() as connection:
        assert compare_metadata(context_of(connection), metadata) == []


def test_documents_of_the_first_form_come_through_the_migrations_and_back(empty_address: str) -> None:
    engine, config = create_engine(empty_address), Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            "INSERT INTO drops VALUES ('d', 'h', 'o', 'f', 'pdf', 1, 1, 'k', 'done', 1, NULL, NULL, '2026-11-20', NULL)"
        )
        connection.exec_driver_sql(
            "INSERT INTO documents VALUES (7, 'd', 1, 2, 'held', 't', 0.5, NULL, NULL, '[]', '{}', NULL, '2026-11-20')"
        )
        command.upgrade(config, "head")
        after = connection.exec_driver_sql("SELECT id, state, hold FROM documents").all()
        assert refuses(connection, "UPDATE documents SET state = 'lost'")
        command.downgrade(config, "0001")
        back = connection.exec_driver_sql("SELECT id, state, last_page FROM documents").all()
        assert refuses(connection, "UPDATE documents SET state = 'rejected'")
        command.downgrade(config, "base")
        left = inspect(connection).get_table_names()
    engine.dispose()

    assert [tuple(row) for row in after] == [(7, "held", 1)]
    assert [tuple(row) for row in back] == [(7, "held", 2)]
    assert left == ["alembic_version"]


def refuses(connection: Connection, statement: str) -> bool:
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(statement)
    except DatabaseError:
        return True
    return False


def test_a_reader_sees_one_state_while_others_write(ledger: Ledger) -> None:
    with ledger.database.reading() as connection:
        before = connection.execute(text("SELECT count(*) FROM receipts")).scalar_one()
        refuse(ledger)

        assert connection.execute(text("SELECT count(*) FROM receipts")).scalar_one() == before == 0
    assert len(ledger.receipts(10)) == 1


def refuse(ledger: Ledger) -> None:
    ledger.refuse(office="o", file_name="f", size=0, sha256=None, code="EMPTY")


def test_a_server_that_was_restarted_between_two_calls_is_not_noticed(postgres: PostgresServer) -> None:
    address = postgres.migrated()
    ledger = Ledger.open(address)
    refuse(ledger)

    postgres.stop()
    postgres.start()

    refuse(ledger)
    assert len(ledger.receipts(10)) == 2
    ledger.close()
    postgres.take_back(address)


def test_a_server_that_is_away_is_an_error_that_is_tried_again(postgres: PostgresServer) -> None:
    address = postgres.migrated()
    ledger = Ledger.open(address)
    postgres.stop()
    try:
        for act in (lambda: refuse(ledger), lambda: ledger.receipts(1), lambda: Ledger.open(address)):
            with pytest.raises(LedgerUnavailable) as away:
                act()
            assert away.value.retryable
            assert str(postgres.folder) not in str(away.value)
    finally:
        postgres.start()

    refuse(ledger)
    assert len(ledger.receipts(10)) == 1
    ledger.close()
    postgres.take_back(address)


def test_a_connection_that_dies_in_a_transaction_is_said_and_leaves_nothing(postgres: PostgresServer) -> None:
    address = postgres.migrated()
    ledger = Ledger.open(address)

    def cut_off() -> None:
        with ledger.database.writing() as connection:
            raise_alarm(connection, "stuck", "subject")
            here = "datname LIKE 't%' AND state LIKE 'idle in transaction%'"
            postgres.do(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {here}")  # noqa: S608 - no value in it

    with pytest.raises(LedgerUnavailable):
        cut_off()

    with ledger.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM alarms")).scalar_one() == 0
    ledger.close()
    postgres.take_back(address)


def test_a_full_disk_is_an_error_that_is_tried_again_and_leaves_nothing(sqlite_address: str) -> None:
    ledger = Ledger.open(sqlite_address)
    refuse(ledger)
    with ledger.database.writing() as connection:  # what a full disk says, without filling one: the file may not grow
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    def fill_up() -> None:
        for number in range(1000):
            ledger.refuse(office="o" * 1000, file_name=str(number), size=0, sha256=None, code="EMPTY")

    with pytest.raises(LedgerUnavailable, match="SQLITE_FULL") as full:
        fill_up()
    assert full.value.retryable
    entered = len(ledger.receipts(1000))

    with ledger.database.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=100000")
    refuse(ledger)
    assert len(ledger.receipts(1000)) == entered + 1
    ledger.close()


def test_a_folder_that_is_a_file_is_an_error_of_the_ledger(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").mkdir()

    with pytest.raises(LedgerUnavailable, match="SQLITE_CANTOPEN"):
        Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")


def test_a_statement_that_is_wrong_is_not_called_a_database_that_is_away(ledger: Ledger) -> None:
    with pytest.raises((OperationalError, ProgrammingError)), ledger.database.reading() as connection:
        connection.execute(text("SELECT no_such_column FROM drops"))


def test_errors_of_the_database_hold_no_values(ledger: Ledger) -> None:
    sha256 = digest(b"x")
    drop = ledger.receive(
        office="o", file_name="f", sha256=sha256, size=1, intake=received(sha256), soundness=Soundness("pdf", 1)
    ).drop_id
    row = {"drop_id": drop, "first_page": 1, "last_page": 1, "state": "lost", "type": "t", "score": 1.0, "reasons": []}

    with pytest.raises(IntegrityError) as refused, ledger.database.writing() as connection:
        connection.execute(insert(documents).values(**row, citizen_id=CITIZEN, entered_at=text("CURRENT_TIMESTAMP")))
    assert CITIZEN not in str(refused.value)


def test_the_role_of_the_manual_does_its_work_and_cannot_touch_the_audit_trail(postgres: PostgresServer) -> None:
    manual = (Path(__file__).parents[3] / "docs" / "ledger.md").read_text(encoding="utf-8")
    owner = postgres.migrated()
    engine = create_engine(owner)
    with engine.begin() as connection:
        connection.exec_driver_sql(manual.split("```sql\n")[1].split("```")[0])
    engine.dispose()
    ledger = Ledger.open(owner.replace("postgres@", "sohoa_app@"))

    refuse(ledger)
    Alarms(ledger.database).raise_("stuck", "subject")
    with ledger.database.writing() as connection:
        assert refuses(connection, "UPDATE audit SET why = ''")
        assert refuses(connection, "DELETE FROM audit")
        assert refuses(connection, "TRUNCATE audit")
    assert len(ledger.receipts(10)) == 1

    ledger.close()
    postgres.drop(owner)
    postgres.do("DROP ROLE sohoa_app")
