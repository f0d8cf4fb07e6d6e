"""A server on this machine that answers as a test says and keeps what it was asked."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator


class Asked(NamedTuple):
    """A request as it came in; the names of the headers are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """What the server answers; `wait_for` holds the answer back."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    wait_for: threading.Event | None = None


class Server:
    """What a test sees of the server: answers that are to be given in order, and requests."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.answers: list[Answer] = []
        self.asked: list[Asked] = []
        self.connections: set[tuple[str, int]] = set()


@contextmanager
def running(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """
    Run a server on a port of its own; it answers 200 when it has nothing else to answer.

    With a context it speaks TLS.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.asked.append(Asked(self.command, self.path, headers, body))
            server.connections.add(self.client_address)
            answer = server.answers.pop(0) if server.answers else Answer()
            if answer.wait_for is not None:
                answer.wait_for.wait()
            self.send_response(answer.status)
            for name, value in (*answer.headers, ("Content-Length", str(len(answer.body)))):
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                with suppress(ConnectionError):  # The other side may have read enough.
                    self.wfile.write(answer.body)

        do_DELETE = do_GET = do_HEAD = do_OPTIONS = handle_any  # noqa: N815  names of the library
        do_PATCH = do_POST = do_PUT = handle_any  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        listener.socket = context.wrap_socket(
            listener.socket, server_side=True, do_handshake_on_connect=False
        )
    server = Server(listener.server_address[1])
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()
