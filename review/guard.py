"""What every request passes first: right host, small body, known person, allowed to do this, asked by our own page."""

import hmac
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from review.accounts import load_users
from review.setup import Identity, Setup
from store.database import StoreError

MAX_BODY = 1_000_000
"""Bytes of a request's body; a release of 1 MB is read from the store, never sent here."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
METRICS = "/metrics"
PROGRAMS = ("/api/", METRICS)
"""Paths that programs ask for: nobody is led to the login there."""
OPEN = ("/static/", "/login")
"""Paths for which nobody need be known."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_Next = Callable[[Request], Awaitable[Response]]


class Refused(Exception):  # noqa: N818 - it is no error of the program
    """A request that goes no further."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class LimitBody:
    """Refuses bodies above MAX_BODY, whatever their headers say, and puts our headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body read."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = await _read(receive)
        if body is None:
            refusal = JSONResponse({"error": f"the request has more than {MAX_BODY:,} bytes"}, 413)
            await refusal(scope, receive, _with_headers(send, scope["path"]))
            return
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, replay, _with_headers(send, scope["path"]))


async def _read(receive: Receive) -> bytes | None:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY:
            return None
    return body


def _with_headers(send: Send, path: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-cache" if path.startswith("/static/") else "no-store")
        await send(message)

    return sending


def guard_by(setup: Setup) -> Callable[[Request, _Next], Awaitable[Response]]:
    """The check of every request, as middleware; what it finds is `request.state.identity`."""

    async def guard(request: Request, call_next: _Next) -> Response:
        try:
            await _check(request, setup)
        except Refused as refused:
            return refuse(request, refused.status, str(refused))
        except StoreError as error:  # the accounts cannot be read: nobody gets in
            return refuse(request, 503, str(error))
        return await call_next(request)

    return guard


def refuse(request: Request, status: int, message: str) -> Response:
    """JSON for programs; who is not known and asks for a page is led to the login."""
    if status == 401 and request.method in SAFE and not request.url.path.startswith(PROGRAMS):
        return RedirectResponse("/login", 303)
    return JSONResponse({"error": message}, status)


async def _check(request: Request, setup: Setup) -> None:
    if not setup.knows_host(request.headers.get("host", "")):
        raise Refused(421, "the review desk has another address; open it by the one that `dateline review` said")
    if "\0" in unquote(str(request.url)):
        raise Refused(400, "an address without NUL is needed")
    if request.method not in SAFE:
        await _check_change(request, setup)
    identity = _who(request, setup)
    request.state.identity = identity
    if request.url.path.startswith(OPEN):
        return
    if identity is None:
        raise Refused(401, "log in first")
    if request.method not in SAFE and not identity.decides and request.url.path != "/logout":
        raise Refused(403, f"{identity.name} may look, not change; an admin can give the role of a reviewer")


async def _check_change(request: Request, setup: Setup) -> None:
    """Only our own pages change anything: same origin, and the token that they were given."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "same-origin")
    if (origin and not _same_origin(origin, request, setup)) or site not in {"same-origin", "none"}:
        raise Refused(403, "another site asked for this; open the review desk itself")
    body = await request.body()
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        token = parse_qs(body.decode("utf8", "replace")).get("csrf", [""])[0]
    else:
        token = request.headers.get("x-csrf-token", "")
        _check_json(body)
    expected = request.session.get("csrf", "")
    if not expected or not hmac.compare_digest(token.encode(), expected.encode()):
        raise Refused(403, "the page is from before a login or of another desk; load it again")


def _same_origin(origin: str, request: Request, setup: Setup) -> bool:
    if setup.address and origin.rstrip("/") == setup.address.rstrip("/"):
        return True
    parts = urlsplit(origin)
    return parts.scheme in {"http", "https"} and parts.netloc == request.headers.get("host")


def _check_json(body: bytes) -> None:
    """No database takes NUL or half a character."""
    if not body:
        return
    try:
        written = json.dumps(json.loads(body), ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refused(422, "the body is no JSON in whole characters") from error
    if b"\\u0000" in written:
        raise Refused(422, "a text without NUL is needed")


def _who(request: Request, setup: Setup) -> Identity | None:
    """Who asks: this computer's user, whom the proxy names, or who logged in."""
    if setup.reviewer:
        return Identity(setup.reviewer, "admin")
    if request.url.path == METRICS and _bears(request, setup.metrics_token):
        return Identity("metrics", "viewer")
    users = load_users(setup.accounts) if setup.accounts else {}
    client = request.client.host if request.client else ""
    named = request.headers.get(setup.user_header) if setup.user_header else None
    if named and client in setup.trusted:
        name = named.encode("latin-1", "replace").decode("utf8", "replace")[:80]
        return Identity(name, users[name].role if name in users else "viewer")
    user = users.get(request.session.get("user", ""))
    if user and hmac.compare_digest(request.session.get("key", ""), session_key(user.password)):
        return Identity(user.name, user.role)
    return None


def _bears(request: Request, token: str | None) -> bool:
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    return bool(token) and kind.lower() == "bearer" and hmac.compare_digest(given.encode(), str(token).encode())


def session_key(password: str | None) -> str:
    """What a session is bound to: a new password ends it."""
    return hmac.new(b"session", (password or "").encode(), "sha256").hexdigest()[:16]


def csrf_token(request: Request) -> str:
    """The token of this session, made when first asked for."""
    session: dict[str, Any] = request.session
    return str(session.setdefault("csrf", secrets.token_urlsafe(24)))
