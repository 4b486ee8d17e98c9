"""Serve the built classroom on this machine, each file packed where it is smaller so, and with its right type."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from .places import ClassroomError

HOST = "127.0.0.1"
PORTS = range(8765, 8775)  # the first that is free
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".zip": "application/zip",
}
# The first two let Python be interrupted: the page alone then shares memory with it.
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
}


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD with a file of the folder, and nothing else."""

    protocol_version = "HTTP/1.1"
    files: ClassVar[dict[str, Path]] = {}

    def do_GET(self) -> None:
        self.answer(body=True)

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def answer(self, body: bool) -> None:
        name = unquote(urlsplit(self.path).path).lstrip("/") or "index.html"
        path = self.files.get(name)
        if path is None or path.suffix not in TYPES:
            self.send_error(404)
            return
        packed = self.files.get(f"{name}.gz") if "gzip" in self.headers.get("Accept-Encoding", "") else None
        try:
            data = (packed or path).read_bytes()
        except OSError:
            self.send_error(404)
            return
        tag = f'"{sha256(data).hexdigest()[:20]}"'
        same = self.headers.get("If-None-Match") == tag
        self.send_response(HTTPStatus.NOT_MODIFIED if same else HTTPStatus.OK)
        for header, value in HEADERS.items():
            self.send_header(header, value)
        self.send_header("ETag", tag)
        self.send_header("Vary", "Accept-Encoding")
        if not same:
            self.send_header("Content-Type", TYPES[path.suffix])
            self.send_header("Content-Length", str(len(data)))
            if packed:
                self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if body and not same:
            self.wfile.write(data)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the name that it has there
        """Say nothing of requests."""


class Server(ThreadingHTTPServer):
    """A server of a folder, which does not report connections that a browser breaks."""

    daemon_threads = True
    allow_reuse_address = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a connection that broke."""


def server(folder: Path, ports: Sequence[int] = PORTS) -> Server:
    """Return a server of a built folder, on the first of the ports that is free."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    handler = type("FolderHandler", (Handler,), {"files": files})
    problem = ""
    for port in ports:
        try:
            return Server((HOST, port), handler)
        except (OSError, OverflowError) as error:
            problem = str(getattr(error, "strerror", "") or error)
    named = f"port {ports[0]} is" if len(ports) == 1 else f"the ports {ports[0]} to {ports[-1]} are"
    raise ClassroomError(f"{named} not free ({problem}): choose another one, such as --port 8900")


def address(running: Server) -> str:
    """Return the address of a server's page."""
    return f"http://{HOST}:{running.server_address[1]}/"
