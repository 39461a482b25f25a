"""`sohoa keys`: the keys that encrypt the warehouse; it shows their numbers and ages, never a key (docs/keys.md)."""

# ruff: noqa: PLC0415 - a command imports what it needs when it runs

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from storage.keys.key_ring import Masters, Wrapping

out = Console(highlight=False)

Home = Annotated[Path, typer.Option("--home", envvar="SOHOA_HOME", help="Thư mục cài đặt / installation folder")]
HERE = Path("var")

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
def rotate(home: Home = HERE) -> None:
    """Bọc lại mọi khóa bằng khóa chủ mới; lặp lại được. / Wrap every key with the new master key; may be repeated."""
    from config.settings import load_settings
    from dossier.errors import Misconfigured
    from flows.opening import open_masters, open_store
    from storage.keys import key_ring
    from storage.objects.buckets import Buckets

    settings = load_settings(home)
    masters = open_masters(settings)
    if masters.before is None:
        raise Misconfigured("master_key_before is not set: nothing tells the master key before the change")
    done = key_ring.rotate(open_store(settings), Buckets(settings.bucket_prefix), masters.before, masters.now)
    for ring_id in done:
        out.print(f"→ {ring_id}")
    out.print(
        f"Đã bọc lại {len(done)} khóa; mọi khóa nay do khóa chủ {masters.now.id} bọc. "
        f"Hãy gỡ khóa chủ cũ (sohoa_master_key_before), rồi chạy `sohoa keys retire`.\n"
        f"{len(done)} key(s) wrapped anew; master key {masters.now.id} wraps all of them now. "
        f"Remove the old master key (sohoa_master_key_before), then run `sohoa keys retire`."
    )


@app.command()
def retire(home: Home = HERE) -> None:
    """Xóa các bản bọc cũ: khóa chủ cũ hết tác dụng. / Delete replaced wrappings: an old master key opens nothing."""
    from config.settings import load_settings
    from flows.opening import open_masters, open_store
    from flows.tools import PORTAL_USER
    from storage.keys import key_ring
    from storage.objects.buckets import Buckets, policy

    settings = load_settings(home)
    store, bucket = open_store(settings), Buckets(settings.bucket_prefix).keys
    store.set_policy(bucket, policy(bucket, (PORTAL_USER,), deletable=True))
    try:
        gone = key_ring.retire(store, Buckets(settings.bucket_prefix), open_masters(settings).now)
    finally:
        store.set_policy(bucket, policy(bucket, (PORTAL_USER,)))
    out.print(f"Đã xóa {gone} bản bọc cũ. / {gone} replaced wrapping(s) deleted.")


@app.command()
def new(home: Home = HERE) -> None:
    """Thêm khóa mới cho dữ liệu từ nay về sau. / Add a ring key for what is encrypted from now on."""
    from config.settings import load_settings
    from flows.opening import open_store, open_vault

    settings = load_settings(home)
    out.print(f"→ {open_vault(settings, open_store(settings)).new_ring_key()}")


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
