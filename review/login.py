"""Logging in and out, where the desk is open to other computers."""

from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from review.accounts import Tries, check_password, load_users
from review.ask import setup_of
from review.guard import session_key
from review.render import show

router = APIRouter(include_in_schema=False)


@router.get("/login")
def ask_who(request: Request) -> Response:
    """The form; who is known already goes on to the queue."""
    if request.state.identity:
        return RedirectResponse("/", 303)
    return show(request, "login.html", message="", name="")


@router.post("/login")
async def log_in(request: Request) -> Response:
    """Let in whom name and password fit; slow down who guesses."""
    form = parse_qs((await request.body()).decode("utf8", "replace"))
    name, password = (form.get(key, [""])[0] for key in ("name", "password"))
    tries: Tries = request.app.state.tries
    address = request.client.host if request.client else ""
    if wait := tries.wait(name, address):
        message = f"Too many failed logins. Try again in {wait // 60 + 1} minutes."
        answer = show(request, "login.html", 429, message=message, name=name)
        answer.headers["Retry-After"] = str(wait)
        return answer
    accounts = setup_of(request).accounts
    users = load_users(accounts) if accounts else {}
    user = await run_in_threadpool(check_password, users, name, password)
    if user is None:
        tries.failed(name, address)
        return show(request, "login.html", 401, message="Name and password do not fit.", name=name)
    request.session.clear()
    request.session.update(user=user.name, key=session_key(user.password))
    return RedirectResponse("/", 303)


@router.post("/logout")
def log_out(request: Request) -> Response:
    """Forget who was logged in."""
    request.session.clear()
    return RedirectResponse("/login", 303)
