"""`sohoa guard`, `sohoa run`, `sohoa apply`: the servers of an installation one by one, for its supervisor.

`sohoa guard` supervises the local stack; in production systemd does, with the units of deploy/ (docs/operations.md).
"""

# ruff: noqa: PLC0415 - a command imports what it needs when it runs

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

err = Console(stderr=True, highlight=False)

Home = Annotated[Path, typer.Option("--home", envvar="SOHOA_HOME", help="Thư mục cài đặt / installation folder")]
HERE = Path("var")

app = typer.Typer()


@app.command()
def guard(home: Home = HERE) -> None:
    """Khởi động và giữ hệ thống cục bộ luôn chạy. / Start the local stack and restart what dies, until Ctrl-C."""
    from cli import screens, stack
    from cli.guarding import stand_guard

    with screens.progress(err) as say:
        settings = stack.up(home, say)
    screens.show_addresses(settings, err)
    stand_guard(settings, lambda name: err.print(f"↻ {name}"))


@app.command(hidden=True)
def run(
    name: Annotated[str, typer.Argument(help="prefect, worker, watcher, portal")],
    home: Home = HERE,
) -> None:
    """Become one service of the installation; what a unit of systemd starts."""
    from cli import stack
    from config.settings import load_settings

    stack.become(name, load_settings(home))


@app.command(hidden=True)
def apply(home: Home = HERE) -> None:
    """Wait for the Prefect server, then give it work pool, deployments and automations; may be repeated."""
    from cli import stack
    from config.settings import load_settings

    stack.apply(load_settings(home))
