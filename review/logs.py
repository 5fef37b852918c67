"""A line of the log for each request: what was asked for, what became of it, and how long it took; not by whom."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schemas.logs import LogLevel, log


class LogRequests:
    """Middleware; without the setting for logs it costs nothing worth having."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and log it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            level: LogLevel = "error" if status >= 500 else "info"
            took = time.perf_counter() - began
            log("request", level, method=scope["method"], path=scope["path"], status=status, seconds=took)
