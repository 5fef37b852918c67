"""Pages and fragments from templates; everything that is put into one is escaped."""

from itertools import pairwise
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from review import labels
from review.guard import csrf_token
from schemas.review import Change, Snippet

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def exact(text: str) -> Markup:
    r"""Words as a browser leaves them, character by character: it would change carriage returns and drop NUL.

    >>> exact("<b>\r\n")
    Markup('&lt;b&gt;&#13;\n')
    """
    return Markup(str(escape(text)).replace("\r", "&#13;").replace("\0", "\ufffd"))  # noqa: S704 - it is escaped


def _changed(change: Change) -> list[tuple[str, str, str]]:
    """What a change of a value did: attribute, before, after."""
    before, after = change.before, change.after
    if after is None or after.human is None:
        return []
    return labels.differences((before and before.human) or after.machine, after.human)


def _cut(found: Snippet) -> list[tuple[str, bool]]:
    """A snippet's words, and whether they were looked for."""
    edges = [0, *(edge for mark in found.marks for edge in mark), len(found.text)]
    return [(found.text[start:end], number % 2 == 1) for number, (start, end) in enumerate(pairwise(edges))]


_TEMPLATES.filters.update(
    exact=exact,
    cut=_cut,
    changed=_changed,
    words=labels.words,
    minute=labels.minute,
    shorten=labels.shorten,
    tell=labels.tell,
    say=labels.say,
)
_TEMPLATES.globals.update(
    FIELDS=labels.FIELDS, LETTERS=labels.LETTERS, STATUS=labels.STATUS, SECTIONS=labels.SECTIONS, ONE=labels.ONE
)


def render(template: str, /, **context: Any) -> str:
    """A fragment."""
    return _TEMPLATES.get_template(template).render(context)


def show(request: Request, template: str, status: int = 200, /, **context: Any) -> Response:
    """A page, with who is logged in and the token that its changes need."""
    identity = getattr(request.state, "identity", None)
    setup = request.app.state.setup
    around = {"me": identity, "csrf": csrf_token(request), "has_accounts": setup.reviewer is None}
    return HTMLResponse(render(template, **around, **context), status)


def show_error(request: Request, status: int, message: str) -> Response:
    """A page that says what went wrong."""
    return show(request, "error.html", status, message=message)
