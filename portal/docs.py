"""The pages a person sees: a start page and the OpenAPI page, both whole without any other host."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, Response
from swagger_ui_bundle import swagger_ui_path

from dossier.errors import NotFound

PAGES: Final = APIRouter(include_in_schema=False)

_STYLE: Final = """
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 46rem; padding: 1.5rem; font: 1.05rem/1.6 system-ui, sans-serif; }
h1 { line-height: 1.25; } a { color: #0b57a4; } a:focus-visible { outline: 3px solid #b35900; outline-offset: 2px; }
section + section { margin-top: 2rem; border-top: 1px solid #8888; padding-top: 1rem; }
code { background: #8882; padding: 0 .25em; border-radius: 3px; }
@media (prefers-color-scheme: dark) { a { color: #8ec7ff; } }
"""

_DOCS_SCRIPT: Final = """
window.addEventListener("load", function () {
  SwaggerUIBundle({
    url: "/openapi.json", dom_id: "#swagger-ui", layout: "BaseLayout", deepLinking: true,
    presets: [SwaggerUIBundle.presets.apis], validatorUrl: null, persistAuthorization: false
  });
});
"""

_DOCS_PAGE: Final = """<!DOCTYPE html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Số hóa – tài liệu API</title>
<link rel="icon" type="image/png" href="/assets/favicon-32x32.png">
<link rel="stylesheet" href="/assets/swagger-ui.css">
</head>
<body>
<main id="swagger-ui"></main>
<noscript>Trang này cần JavaScript; nội dung máy đọc được: <a href="/openapi.json">/openapi.json</a></noscript>
<script src="/assets/swagger-ui-bundle.js"></script>
<script src="/assets/docs.js"></script>
</body>
</html>
"""

_START_PAGE: Final = """<!DOCTYPE html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kho hồ sơ số hóa – cổng kết nối</title>
<link rel="icon" type="image/png" href="/assets/favicon-32x32.png">
<link rel="stylesheet" href="/assets/start.css">
</head>
<body>
<main>
<h1>Kho hồ sơ số hóa – cổng kết nối</h1>
<section>
<p>Đây là dịch vụ để Cổng dịch vụ công lấy giấy tờ đã số hóa và ký số của công dân.
Mỗi lần gọi cần mã truy cập và mục đích (<code>X-Purpose</code>); mọi lần xem đều được ghi nhật ký.</p>
<ul>
<li><a href="/docs">Tài liệu API</a> (dùng được khi không có Internet)</li>
<li><a href="/openapi.json">Mô tả OpenAPI</a> cho máy đọc</li>
<li><a href="/healthz">Dịch vụ có chạy không</a>, <a href="/readyz">sẵn sàng phục vụ không</a></li>
</ul>
</section>
<section lang="en">
<h2>Warehouse of digitized dossiers – gateway</h2>
<p>From here the public service portal fetches the digitized and sealed papers of citizens.
Every call needs an access token and a purpose (<code>X-Purpose</code>); every look is written to the audit trail.</p>
<ul>
<li><a href="/docs">API documentation</a> (works without the Internet)</li>
<li><a href="/openapi.json">OpenAPI description</a> for machines</li>
<li><a href="/healthz">Is it running</a>, <a href="/readyz">is it ready</a></li>
</ul>
</section>
</main>
</body>
</html>
"""

_INLINE: Final = {"start.css": (_STYLE, "text/css"), "docs.js": (_DOCS_SCRIPT, "text/javascript")}
_BUNDLED: Final = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}


@PAGES.get("/")
def start_page() -> HTMLResponse:
    """Where a person lands."""
    return HTMLResponse(_START_PAGE)


@PAGES.get("/docs")
def docs_page() -> HTMLResponse:
    """The OpenAPI page."""
    return HTMLResponse(_DOCS_PAGE)


@PAGES.get("/assets/{name}")
def asset(name: str) -> Response:
    """A script, style or icon of the two pages; nothing else is served by name."""
    if name in _INLINE:
        text, kind = _INLINE[name]
        return Response(text, media_type=kind, headers={"Cache-Control": "max-age=3600"})
    if name not in _BUNDLED:
        raise NotFound
    return Response(_bundled(name), media_type=_BUNDLED[name], headers={"Cache-Control": "max-age=3600"})


@cache
def _bundled(name: str) -> bytes:
    content: bytes = (swagger_ui_path / name).read_bytes()
    return content


def install_contract(app: FastAPI) -> None:
    """Describe the API as OpenAPI 3.0: the bundled Swagger UI (4.15) refuses 3.1, and so do many importers."""

    def contract() -> dict[str, object]:
        if app.openapi_schema is None:
            made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            schema = _as_3_0(json.loads(json.dumps(made)))
            app.openapi_schema = {**schema, "openapi": "3.0.3"} if isinstance(schema, dict) else None
        return app.openapi_schema or {}

    app.openapi = contract  # type: ignore[method-assign] # the documented way to change the schema


def _as_3_0(node: object) -> object:
    """Say "may be null", "for example" and "required" as 3.0 and this portal mean them."""
    if isinstance(node, list):
        return [_as_3_0(one) for one in node]
    if not isinstance(node, dict):
        return node
    said = {key: _as_3_0(value) for key, value in node.items()}
    choices = said.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        rest = [choice for choice in choices if choice != {"type": "null"}]
        del said["anyOf"]
        said = {**said, **_only(rest), "nullable": True}
    if (said.get("in"), said.get("name")) == ("header", "X-Purpose"):
        said["required"] = True  # the code takes it as optional so that the gate can refuse, and write down, its lack
    default = said.get("default")
    if said.get("type") == "integer" and isinstance(default, str):
        said["default"] = int(default)  # numbers in the query are taken as texts, for the same reason
    examples = said.get("examples")
    if isinstance(examples, list) and examples:
        del said["examples"]
        said["example"] = examples[0]
    return said


def _only(choices: list[object]) -> Mapping[str, object]:
    only = choices[0]
    return only if len(choices) == 1 and isinstance(only, dict) and "$ref" not in only else {"anyOf": choices}
