"""Serve the page to browsers on this machine, and to nobody else.

Whoever asks must come to the loopback address, name it as the host, and know the token, which is
new for every server and stands in the address. No path of a file ever comes from a browser: stores
are numbered in the order in which they were found.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, final
from urllib.parse import parse_qs, urlsplit

from brianfit._foundation.store_file.requests import request_of
from brianfit.watching.browser.news import News
from brianfit.watching.browser.page import ASSETS, POLICY, asset, page
from brianfit.watching.control import ask_each, words_of
from brianfit.watching.watched import Watched

LOOPBACK = "127.0.0.1"

_LONGEST_BODY = 10_000
_LONGEST_WAIT = 15.0  # seconds without an event; then a sign of life is sent
_MOST_LISTENERS = 16


@final
class PageServer:
    """A server of the page; make one with `serve`.

    Attributes
    ----------
    address
        Of the page, with the token.
    """

    def __init__(self, watched: Watched, *, every: float) -> None:
        self._news = News(watched, every=every)
        self._server = _Server(self._news)
        self.address = self._server.address
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until Ctrl-C."""
        with suppress(KeyboardInterrupt):
            while self._thread.is_alive():
                self._thread.join(timeout=1.0)

    def close(self) -> None:
        """End the server and all that it began."""
        self._news.close()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10.0)


@contextmanager
def serve(watched: Watched, *, every: float = 1.0) -> Iterator[PageServer]:
    """Serve the page while the block runs.

    Parameters
    ----------
    every
        Seconds from one look to the next.
    """
    server = PageServer(watched, every=every)
    try:
        yield server
    finally:
        server.close()


@final
class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, news: News) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        port = self.server_address[1]
        self.news = news
        self.token = secrets.token_urlsafe(24)
        self.hosts = frozenset({f"{LOOPBACK}:{port}", f"localhost:{port}"})
        self.address = f"http://{LOOPBACK}:{port}/{self.token}/"

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Answer, unless the browser goes away meanwhile, which is no error."""
        with suppress(OSError):
            super().finish_request(request, client_address)


@final
class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "brianfit"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 60.0

    def do_GET(self) -> None:
        """Answer with the page, its style and scripts, or events."""
        name = self._name_allowed()
        if name is None:
            return
        if name == "":
            self._send("text/html; charset=utf-8", page().encode())
        elif name in ASSETS:
            self._send(f"{ASSETS[name][1]}; charset=utf-8", asset(name))
        elif name == "events":
            self._send_events()
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Hand a request to a fit."""
        name = self._name_allowed()
        if name is None:
            return
        origin = self.headers.get("Origin")
        is_own = origin is None or urlsplit(origin).netloc in self.server.hosts
        is_json = self.headers.get_content_type() == "application/json"
        if name != "ask" or not is_own or not is_json:
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _LONGEST_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        words = self._asked(self.rfile.read(int(length)))
        self._send("application/json", json.dumps({"words": words}).encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the address holds the token."""

    def _name_allowed(self) -> str | None:
        """Return what is asked for, if whoever asks may know; else None, and it is refused."""
        if self.headers.get("Host") not in self.server.hosts:
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
            return None
        token, slash, name = urlsplit(self.path).path.removeprefix("/").partition("/")
        if not slash or not hmac.compare_digest(token.encode(), self.server.token.encode()):
            self._refuse(HTTPStatus.NOT_FOUND)
            return None
        return name

    def _asked(self, body: bytes) -> str:
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            told = {}
        request = request_of(told)
        store = self.server.news.path_of(told.get("store") if isinstance(told, dict) else None)
        if store is None or not (request.stop or request.asks_for_more):
            return "Nothing was asked: the request makes no sense."
        problem = ask_each([store], request)[store]
        return f"{store.name}: {problem or words_of(request)}"

    def _send_events(self) -> None:
        chosen = parse_qs(urlsplit(self.path).query).get("store", [""])[0]
        number = int(chosen) if chosen.isdecimal() and len(chosen) < 9 else 0
        with self.server.news.listening(number, most=_MOST_LISTENERS) as listener:
            if listener is None:
                self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
                return
            self._head(HTTPStatus.OK, "text/event-stream")
            self.end_headers()
            self.close_connection = True
            with suppress(OSError):
                for kind, text in listener.events(_LONGEST_WAIT):
                    event = f"event: {kind}\ndata: {text}\n\n" if kind else ":\n\n"
                    self.wfile.write(event.encode())
                    self.wfile.flush()

    def _send(self, kind: str, content: bytes) -> None:
        self._head(HTTPStatus.OK, kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _refuse(self, status: HTTPStatus) -> None:
        content = status.phrase.encode()
        self._head(status, "text/plain")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        self.wfile.write(content)

    def _head(self, status: HTTPStatus, kind: str) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Security-Policy", POLICY),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ):
            self.send_header(name, value)
