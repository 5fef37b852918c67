"""The review desk as a web application: one function builds it for a store and its settings."""

from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.sessions import SessionMiddleware

from review import api, desk, login, metrics, opinions, pages, records, report, work
from review.accounts import Tries
from review.guard import LimitBody, guard_by, refuse
from review.logs import LogRequests
from review.render import show_error
from review.setup import Setup
from store.database import StoreError
from store.review_errors import ReviewConflictError

SESSION_SECONDS = 14 * 24 * 3600


def build_app(setup: Setup) -> FastAPI:
    """The application; it opens nothing and closes nothing: the store is the caller's."""
    app = FastAPI(
        title="Dateline review",
        description="Decisions on extracted values. `X-CSRF-Token` of every change is the `csrf` of `/api/me`.",
        openapi_url="/api/openapi.json",
        docs_url=None,  # its page wants scripts of another site
        redoc_url=None,
    )
    app.state.setup, app.state.tries = setup, Tries()
    for router in (
        api.router,
        records.router,
        pages.router,
        opinions.router,  # before the desk, whose ids may hold slashes
        desk.router,
        work.router,
        report.router,
        login.router,
        metrics.router,
    ):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    app.add_middleware(BaseHTTPMiddleware, dispatch=guard_by(setup))
    app.add_middleware(
        SessionMiddleware,
        secret_key=setup.secret,
        session_cookie="dateline_review",
        max_age=SESSION_SECONDS,
        same_site="strict",
        https_only=setup.is_secure,
    )
    app.add_middleware(LimitBody)
    app.add_middleware(LogRequests)
    _tell_errors(app)
    return app


def _tell_errors(app: FastAPI) -> None:
    """Every refusal says what, where and what to do: as JSON to programs, as a page to people."""

    def answer(request: Request, status: int, message: str) -> Response:
        if request.url.path.startswith("/api/") or request.method != "GET":
            return refuse(request, status, message)
        return show_error(request, status, message)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        return answer(request, error.status_code, str(error.detail))

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        return answer(request, 422, f"{'.'.join(map(str, first['loc'][1:]))}: {first['msg']}")

    @app.exception_handler(ReviewConflictError)
    def _conflict(_request: Request, error: ReviewConflictError) -> Response:
        return api.conflict(error)

    @app.exception_handler(StoreError)
    def _store(request: Request, error: StoreError) -> Response:
        return answer(request, 422, str(error))
