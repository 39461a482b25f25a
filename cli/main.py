"""The `sohoa` command. Every sub-command imports what it needs when it runs: `sohoa pdf` must not wait for Prefect."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from cli import account, alarms, audit, export, fixity, held, keys, record, replay, retention, search, services
from dossier.errors import DossierError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Số hóa hồ sơ: từ bản quét đến hồ sơ điện tử tin cậy. / From scans to trusted digital dossiers.",
)
app.add_typer(held.app, name="held")
app.add_typer(services.app)
app.add_typer(alarms.app, name="alarms")
app.command()(account.account)
app.command()(replay.replay)
app.add_typer(keys.app, name="keys")
app.command()(search.search)
app.command()(export.export)
app.command("import-check")(export.import_check)
app.add_typer(record.app, name="record")
app.add_typer(audit.app, name="audit")
app.add_typer(fixity.app, name="fixity")
app.add_typer(retention.app, name="retention")
app.command()(record.rebuild)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Home = Annotated[Path, typer.Option("--home", envvar="SOHOA_HOME", help="Thư mục cài đặt / installation folder")]
HERE = Path("var")


def main() -> None:
    """Run the command; an error of ours becomes two plain lines and exit code 1."""
    try:
        app()
    except DossierError as error:
        err.print(f"[red]✗[/red] {escape(error.advice)}", markup=True, soft_wrap=True)
        sys.exit(1)


@app.command()
def up(home: Home = HERE) -> None:
    """Khởi động hệ thống cục bộ. / Start the local stack and apply prefect.yaml."""
    from cli import screens, stack

    with screens.progress(err) as say:
        settings = stack.up(home, say)
    screens.show_addresses(settings, out)


@app.command()
def down(home: Home = HERE) -> None:
    """Dừng hệ thống cục bộ. / Stop every server of the local stack."""
    from cli import stack

    stack.down(home)
    out.print("Đã dừng. / Stopped.")


@app.command()
def status(home: Home = HERE) -> None:
    """Trạng thái dịch vụ và hồ sơ. / What runs, and what became of every drop."""
    from cli import screens, stack
    from config.settings import load_settings

    settings = load_settings(home)
    running = tuple(stack.status(settings))
    screens.show_status(running, settings, out)
    raise typer.Exit(0 if all(service.alive for service in running) else 1)


@app.command()
def drop(
    files: Annotated[list[Path], typer.Argument(help="Tệp quét / scanned files", exists=True, dir_okay=False)],
    office: Annotated[str, typer.Option(help="Bộ phận một cửa / office")] = "mot-cua",
    home: Home = HERE,
) -> None:
    """Thả tệp vào hộp như máy quét. / Drop files into the inbox as a scanner would."""
    from cli.ledger import check_installation
    from config.settings import load_settings
    from storage.intake.delivery import deliver

    settings = load_settings(home)
    check_installation(settings, "inbox")
    for file in files:
        deliver(file, settings.inbox, office)
        out.print(f"→ {file.name}", markup=False)


@app.command()
def inspect(
    paths: Annotated[list[Path], typer.Argument(help="Tệp hoặc thư mục / files or folders", exists=True)],
    results: Annotated[Path, typer.Option("--out", help="Kết quả JSON / result file")],
    home: Home = HERE,
) -> None:
    """Đọc mà không ký, không lưu. / Read without signing or storing; writes JSON."""
    from cli.inspect import inspect_files
    from config.settings import load_settings

    failed = inspect_files(paths, results, load_settings(home), err)
    out.print(f"→ {results}", markup=False)
    raise typer.Exit(1 if failed else 0)


@app.command()
def explain(
    file: Annotated[Path, typer.Argument(help="PDF, TIFF, JPEG, PNG", exists=True, dir_okay=False)],
    page: Annotated[int, typer.Option(min=1, help="Số trang trong tệp / page of the file")] = 1,
    picture: Annotated[Path | None, typer.Option("--out", help="Ảnh có khung / picture with boxes", dir_okay=False)] = None,
    crops: Annotated[Path | None, typer.Option(help="Thư mục ảnh cắt / folder for cut-out values", file_okay=False)] = None,
    home: Home = HERE,
) -> None:
    """Vì sao trang được hiểu như vậy. / Why a page was understood as it was, as text and as a picture with boxes."""
    from cli import explain as explaining
    from config.settings import load_settings

    target = picture or Path(f"explain-page-{page}.png")
    with err.status(f"Đọc / reading {file.name}") if err.is_terminal else nullcontext():
        explained = explaining.explain(file, page, target, crops, load_settings(home))
    explaining.show(explained, out)
    out.print(f"→ {target}", markup=False)


@app.command()
def pdf(
    source: Annotated[Path, typer.Argument(help="PDF, TIFF, JPEG, PNG", exists=True, dir_okay=False)],
    target: Annotated[Path, typer.Argument(help="PDF/A-2u")],
    hocr: Annotated[Path | None, typer.Option(help="Văn bản dạng hOCR / text as hOCR", dir_okay=False)] = None,
    alto: Annotated[Path | None, typer.Option(help="Văn bản dạng ALTO / text as ALTO", dir_okay=False)] = None,
    access: Annotated[Path | None, typer.Option(help="Bản đọc gọn nhẹ / small reading copy", dir_okay=False)] = None,
    home: Home = HERE,
) -> None:
    """Một tệp thành PDF/A-2u tìm kiếm được. / One file to a searchable PDF/A-2u; no stack needed."""
    from cli.searchable import Beside, make_searchable, noted
    from config.settings import load_settings

    beside = Beside(hocr, alto, access)
    with err.status(f"Đọc / reading {source.name}") if err.is_terminal else nullcontext():
        made = make_searchable(source, target, load_settings(home), beside)
    out.print(f"→ {target} ({made.pdf.pages} trang/pages, SHA-256 {made.pdf.sha256[:16]}…)", markup=False)
    for path in beside.paths:
        out.print(f"→ {path} ({path.stat().st_size // 1000} kB)", markup=False)
    for pages, words in noted(made.notes):
        err.print(f"[yellow]![/yellow] {pages}: {words.vi}. / {words.en}.", markup=True, soft_wrap=True)


@app.command()
def cover(
    target: Annotated[Path, typer.Argument(help="PDF để in, khổ A4 / the PDF to print, A4", dir_okay=False)],
    dossier: Annotated[str, typer.Option(help="Mã hồ sơ / dossier code")] = "",
    citizen: Annotated[str, typer.Option(help="Số định danh / citizen ID")] = "",
    procedure: Annotated[str, typer.Option(help="Mã thủ tục / procedure code")] = "",
    table: Annotated[
        Path | None,
        typer.Option("--csv", help="Bảng: mã hồ sơ; số định danh; mã thủ tục / table", exists=True, dir_okay=False),
    ] = None,
) -> None:
    """In phiếu ngăn cách hồ sơ. / Separator sheets to print: one, or one for each row of a table."""
    from cli.cover import Row, print_sheets, rows_of

    def say(words: str) -> None:
        err.print(words, markup=False, soft_wrap=True)

    if bool(dossier) == (table is not None) or (table and (citizen or procedure)):
        raise typer.BadParameter("--dossier hoặc --csv / either --dossier or --csv")
    rows = rows_of(table, say) if table else (Row(dossier, citizen, procedure),)
    made = print_sheets(rows, target, say)
    out.print(f"→ {target} ({made} tờ/sheets)", markup=False)


@app.command()
def verify(
    what: Annotated[str, typer.Argument(help="Tệp PDF hoặc mã bản ghi / PDF file or record id")], home: Home = HERE
) -> None:
    """Kiểm tra chữ ký và mã băm. / Verify signature and hash of a file or a stored record."""
    from cli.verifying import verify_file, verify_record
    from config.settings import load_settings

    settings = load_settings(home)
    seal = verify_file(Path(what), settings) if Path(what).is_file() else verify_record(what, settings)
    out.print(
        f"[green]✓[/green] Chữ ký hợp lệ / signature valid: {escape(seal.signer)}, {seal.signed_at.isoformat()}, "
        f"{seal.level}, TSA {seal.timestamp_at.isoformat() if seal.timestamp_at else '—'}"
    )


@app.command()
def train(
    rollback: Annotated[bool, typer.Option("--rollback", help="Dùng lại mô hình trước / put the earlier one back")] = False,
    listing: Annotated[bool, typer.Option("--list", help="Các mô hình đã tạo / models made here")] = False,
    home: Home = HERE,
) -> None:
    """Học từ các quyết định sửa loại giấy tờ. / Learn document types from accepted corrections."""
    import os

    from cli import screens
    from cli import train as training
    from config.settings import load_settings

    settings = load_settings(home)
    if rollback:
        out.print(f"→ {training.roll_back(settings)}")
    elif listing:
        training.show_shelf(settings, out)
    else:
        os.nice(10)  # a minute of one core, and scans come first
        with screens.progress(err) as say:
            trained = training.train(settings, say)
        training.show(trained, out)


@app.command()
def token(
    name: Annotated[str, typer.Argument(help="Tên hệ thống gọi / name of the calling system")],
    sensitive: Annotated[bool, typer.Option("--sensitive", help="Cả giấy tờ nhạy cảm / sensitive papers too")] = False,
    home: Home = HERE,
) -> None:
    """Cấp mã truy cập cổng. / Issue a portal token; it is shown once and kept nowhere."""
    from cli.installation import new_portal_caller
    from config.settings import load_settings

    print(new_portal_caller(load_settings(home), name, sensitive=sensitive))  # noqa: T201 - for a pipe, without colours


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Kết thúc sau khi chạy / end by itself")] = False,
    samples: Annotated[Path, typer.Option(help="Thư mục mẫu / sample folder")] = Path("samples"),
    home: Home = Path("var/demo"),
) -> None:
    """Chạy thử trọn vẹn với hồ sơ mẫu. / The whole way with the sample dossiers."""
    from cli.demo import run_demo

    raise typer.Exit(run_demo(home, samples, once=once, out=out, err=err))


@app.command(hidden=True)
def watch(home: Home = HERE) -> None:
    """The watcher service, started by `sohoa up`."""
    import asyncio

    from config.settings import load_settings
    from flows.watch import watch as watch_inbox

    asyncio.run(watch_inbox(load_settings(home)))


@app.command(hidden=True)
def serve(home: Home = HERE) -> None:
    """The portal service, started by `sohoa up`."""
    from cli.serving import serve_portal
    from config.settings import load_settings

    serve_portal(load_settings(home))
