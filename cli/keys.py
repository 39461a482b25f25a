"""`sohoa keys`: the keys that encrypt the warehouse; it shows their numbers and ages, never a key (docs/keys.md)."""

# ruff: noqa: PLC0415 - a command imports what it needs when it runs

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from config.settings import Settings
    from storage.keys.key_ring import Masters
    from storage.keys.wrappings import Wrapping

out = Console(highlight=False)

Home = Annotated[Path, typer.Option("--home", envvar="SOHOA_HOME", help="Thư mục cài đặt / installation folder")]
HERE = Path("var")
By = Annotated[str | None, typer.Option("--by", help="Người thực hiện / who does it")]
Why = Annotated[str, typer.Option("--why", help="Lý do, không có dữ liệu cá nhân / the reason, without personal data")]

app = typer.Typer(no_args_is_help=True, help="Khóa mã hóa của kho. / The keys that encrypt the warehouse.")


@app.command()
def show(home: Home = HERE) -> None:
    """Các khóa của kho, tuổi và khóa chủ bọc chúng. / Ring keys, their ages, and which master key wraps them."""
    from config.settings import load_settings
    from flows.opening import open_masters, open_store
    from storage.keys.key_ring import look
    from storage.objects.buckets import Buckets

    settings = load_settings(home)
    ring = look(open_store(settings), Buckets(settings.bucket_prefix))
    show_ring(ring, open_masters(settings), out, datetime.now(UTC))


@app.command()
def rotate(why: Why, by: By = None, home: Home = HERE) -> None:
    """Bọc lại mọi khóa bằng khóa chủ mới; lặp lại được. / Wrap every key with the new master key; may be repeated."""
    from config.settings import load_settings
    from dossier.errors import Misconfigured
    from flows.opening import open_masters, open_store
    from storage.keys import key_ring
    from storage.objects.buckets import Buckets

    settings = load_settings(home)
    with _written_down("keys_rotate", by, why, settings) as act:
        masters = open_masters(settings)
        if masters.before is None:
            raise Misconfigured("master_key_before is not set: nothing tells the master key before the change")
        act.masters = f"{masters.before.id} to {masters.now.id}"
        key_ring.rotate(open_store(settings), Buckets(settings.bucket_prefix), masters.before, masters.now, act.say)
    for ring_id in act.ring_ids:
        out.print(f"→ {ring_id}")
    count = len(act.ring_ids)
    out.print(
        f"Đã bọc lại {count} khóa; mọi khóa nay do khóa chủ {masters.now.id} bọc. "
        f"Hãy gỡ khóa chủ cũ (sohoa_master_key_before), rồi chạy `sohoa keys retire --why ...`.\n"
        f"{count} key(s) wrapped anew; master key {masters.now.id} wraps all of them now. "
        f"Remove the old master key (sohoa_master_key_before), then run `sohoa keys retire --why ...`."
    )


@app.command()
def retire(why: Why, by: By = None, home: Home = HERE) -> None:
    """Xóa bản bọc cũ ở cả hai kho: khóa chủ cũ hết tác dụng. / Delete replaced wrappings: an old key opens nothing."""
    from config.settings import load_settings
    from flows.opening import open_masters, open_replica, open_store
    from flows.tools import PORTAL_USER
    from storage.keys import key_ring
    from storage.objects.buckets import Buckets, policy

    settings = load_settings(home)
    buckets = Buckets(settings.bucket_prefix)
    with _written_down("keys_retire", by, why, settings) as act:
        store, replica, master = open_store(settings), open_replica(settings), open_masters(settings).now
        stores = {"warehouse": store} if replica is None else {"warehouse": store, "replica": replica}
        act.masters = master.id
        store.set_policy(buckets.keys, policy(buckets.keys, (PORTAL_USER,), deletable=True))
        try:
            key_ring.retire(stores, buckets, master, act.say_where)
        finally:
            store.set_policy(buckets.keys, policy(buckets.keys, (PORTAL_USER,)))
    there = sum(one.startswith("replica/") for one in act.ring_ids)
    here = len(act.ring_ids) - there
    out.print(
        f"Đã xóa {here} bản bọc cũ trong kho, {there} trong kho dự phòng. / "
        f"{here} replaced wrapping(s) deleted in the warehouse, {there} in the replica.",
        soft_wrap=True,
    )


@app.command()
def new(why: Why, by: By = None, home: Home = HERE) -> None:
    """Thêm khóa mới cho dữ liệu từ nay về sau. / Add a ring key for what is encrypted from now on."""
    from config.settings import load_settings
    from flows.opening import open_masters, open_replica, open_store
    from storage.keys.key_ring import refuse_shortened
    from storage.keys.vault import Vault
    from storage.objects.buckets import Buckets

    settings = load_settings(home)
    buckets = Buckets(settings.bucket_prefix)
    with _written_down("keys_new", by, why, settings) as act:
        store, replica, masters = open_store(settings), open_replica(settings), open_masters(settings)
        act.masters = masters.now.id
        if replica is not None:
            refuse_shortened(store, buckets, replica)
        act.say(Vault(store, buckets, masters).new_ring_key())
    out.print(f"→ {act.ring_ids[-1]}")


def show_ring(ring: Iterable[Wrapping], masters: Masters, console: Console, now: datetime) -> None:
    """Print the ring, newest key last; a row that the present master key does not wrap says so."""
    table = Table("Khóa / key", "Tạo lúc / made", "Tuổi, ngày / age, days", "Khóa chủ / master key", "", title="keyring/")
    for one in ring:
        made = datetime.fromisoformat(one.created_at)
        note = "" if one.master_id == masters.now.id else "[yellow]chưa bọc lại / not wrapped anew[/yellow]"
        table.add_row(one.ring_id, f"{made:%Y-%m-%d %H:%M} UTC", str((now - made).days), one.master_id, note)
    console.print(table)
    console.print(f"Khóa chủ / master key: {masters.now.id}")
    if masters.before is not None:
        console.print(f"Khóa chủ trước / before: {masters.before.id}")


@dataclass
class _Act:
    """What is known of an act on the keys: ids, never a key."""

    masters: str = ""
    """The master key; for a change the one before and the one now."""
    ring_ids: list[str] = field(default_factory=list)
    """The ring key of each thing that was done; in the second store `replica/<ring key>`."""
    failed: str = ""
    """Code of the error that ended it."""

    def say(self, ring_id: str) -> None:
        """One more thing was done."""
        self.ring_ids.append(ring_id)

    def say_where(self, store: str, ring_id: str) -> None:
        """One more thing was done in one of the stores."""
        self.say(ring_id if store == "warehouse" else f"{store}/{ring_id}")

    @property
    def outcome(self) -> str:
        """The act in words of the audit trail."""
        said = {"failed: ": self.failed, "master key ": self.masters, "ring keys ": " ".join(self.ring_ids)}
        return "; ".join(words + ids for words, ids in said.items() if ids)


@contextmanager
def _written_down(name: str, by: str | None, why: str, settings: Settings) -> Iterator[_Act]:
    """An act on the keys and its line of the audit trail, which is also written when the act fails half way.

    Raises:
        DecisionMalformed, PurposeRequired: no name or no reason; nothing was done.
        LedgerUnavailable: the trail is away; raised before anything is done, where it was away before.
    """
    from cli.ledger import open_ledger
    from cli.shelf import os_user
    from dossier.errors import DossierError
    from storage.audit.trail import AuditTrail, check_who_and_why

    who, act = by or os_user(), _Act()
    check_who_and_why(who, why)
    with open_ledger(settings) as ledger:
        try:
            yield act
        except BaseException as error:  # a person's Ctrl-C too
            act.failed = error.code if isinstance(error, DossierError) else type(error).__name__
            raise
        finally:
            line = {"actor": who, "act": name, "why": why, "outcome": act.outcome}
            AuditTrail(ledger).write(**line, citizen=None, record_id=None)
