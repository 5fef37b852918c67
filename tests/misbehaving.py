"""A newsroom on loopback whose pages misbehave, one way each; keeps a log of the requests it got."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from schemas.source import Source

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta property="article:published_time" content="2025-04-1{digit}"></head><body><main><h1>{title}</h1>
<p>The Port Fund gave the city of Larne €2.5 million on 3 April 2025 for its new harbour wall.</p>
<p>“We have waited for this wall for eleven long years,” said Ann Lee, director of the Port Fund.</p>
</main></body></html>"""


class Newsroom:
    """What the server answers: path to a function that writes the answer."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.requests: list[tuple[float, str]] = []
        """Moment and path; without those for a robots.txt that is not there."""
        self.answered: list[tuple[str, int]] = []
        """Path and status."""
        self.url = ""

    def page(self, path: str, body: str | bytes, status: int = 200, **headers: str) -> None:
        """A plain answer."""
        data = body.encode() if isinstance(body, str) else body
        self.answers[path] = lambda handler: answer(handler, data, status, headers)

    def release(self, number: int) -> str:
        """A good release; its path."""
        path = f"/release/{number}"
        self.page(path, PAGE.format(title=f"Harbour wall, part {number}", digit=number % 10))
        return path

    def source(self, path: str = "/list", **fields: object) -> Source:
        """A source whose listing is at that path."""
        given = {"name": "test", "url": self.url + path, "discover": "listing", "delay_seconds": 0}
        return Source.model_validate({**given, "allow_hosts": ["127.0.0.1"], **fields})

    def count(self, path: str) -> int:
        """How often that path was asked for."""
        return sum(1 for _, asked in self.requests if asked == path)


def answer(
    handler: BaseHTTPRequestHandler, data: bytes, status: int = 200, headers: dict[str, str] | None = None
) -> None:
    """Write one whole answer."""
    handler.send_response(status)
    named = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
    for name, value in {"Content-Type": "text/html; charset=utf-8", **named}.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def not_found(handler: BaseHTTPRequestHandler) -> None:
    """For every path that has no answer."""
    answer(handler, b"nothing here", 404)


def fail_first(times: int, data: bytes, status: int, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answers with `status` so many times, then well."""
    left = iter(range(times))

    def respond(handler: BaseHTTPRequestHandler) -> None:
        if next(left, None) is None:
            answer(handler, data)
        else:
            answer(handler, b"not now", status, headers)

    return respond


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A body that never ends, a few bytes at a time: no single read times out."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(80):
        try:
            handler.wfile.write(b"<p>more</p>")
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(0.05)


BOMB = gzip.compress(bytes(50_000_000))


def bomb(handler: BaseHTTPRequestHandler) -> None:
    """50 MB of zeros in 50 kB of gzip."""
    answer(handler, BOMB, headers={"Content-Encoding": "gzip"})


def cut(handler: BaseHTTPRequestHandler) -> None:
    """Promises more bytes than it sends."""
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b"<p>only this</p>")
    handler.close_connection = True


@contextmanager
def serve_newsroom() -> Iterator[Newsroom]:
    """The newsroom, while the context lasts."""
    newsroom = Newsroom()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            newsroom.answered.append((self.path, int(code)))

        def do_GET(self) -> None:
            if self.path != "/robots.txt" or self.path in newsroom.answers:
                newsroom.requests.append((time.monotonic(), self.path))
            newsroom.answers.get(self.path, not_found)(self)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    newsroom.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield newsroom
    finally:
        server.shutdown()
        server.server_close()
