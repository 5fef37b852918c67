"""Serves a folder of HTML pages as a newsroom on loopback: a listing at `/`, the pages below it.

python -m benchmarks.newsroom FOLDER writes `sources.toml` into the current folder and serves until interrupted.
"""

import argparse
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from schemas.source import Source


class _Handler(SimpleHTTPRequestHandler):
    """Files of one folder; quiet; a listing of every page at `/`."""

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        if self.path != "/":
            super().do_GET()
            return
        names = sorted(path.name for path in Path(self.directory).glob("*.html"))
        links = "".join(f'<li><a href="/{escape(name)}">{escape(name)}</a></li>' for name in names)
        body = f"<!doctype html><title>Releases</title><ul>{links}</ul>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serve_folder(folder: Path, port: int = 0) -> Iterator[Source]:
    """The source that the folder's pages are, while the context lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/"
        fields = {"name": "pages", "url": url, "discover": "listing", "delay_seconds": 0, "allow_hosts": ["127.0.0.1"]}
        yield Source.model_validate(fields)
    finally:
        server.shutdown()
        server.server_close()


def main() -> None:
    """See the module's docstring."""
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("folder", type=Path)
    cli.add_argument("--port", type=int, default=8766)
    args = cli.parse_args()
    with serve_folder(args.folder, args.port) as source:
        entry = f'[[source]]\nname = "{source.name}"\nurl = "{source.url}"\ndiscover = "listing"\ndelay_seconds = 0\n'
        entry += 'allow_hosts = ["127.0.0.1"]\n'
        Path("sources.toml").write_text(entry, encoding="utf8")
        print(f"{source.url} (in sources.toml); stop with Ctrl-C")
        threading.Event().wait()


if __name__ == "__main__":
    main()
