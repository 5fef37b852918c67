"""The address that a release is known by: the same for every way that leads to its page."""

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from courlan import clean_url, extract_domain

_TRACKER = re.compile(
    r"(?:utm_|mc_|mkt_|pk_|mtm_|hsa_|_hs|vero_|oly_)\w*|(?:fb|g|d|ms|tw|y|yc|tt)clid|igshid|wbraid|gbraid|li_fat_id|_ga|_gl"
)
"""Parameters of campaigns, which never say which release is meant."""
_HOST = re.compile(r"[\w.-]+|[\da-f:.]+")
_LONGEST = 2000
"""Characters; longer ones are scripts gone wrong."""
_NAMES_ONE = re.compile(r"/(?=[^/]*\d|[^/]*-[^/]*-)(?![^/]*\.(?:php|aspx?|jsp|cfm|do|cgi)$)[^/]+$")
"""A path whose last part is a number or a phrase, so that no parameter needs to say which release is meant."""


def tidy_url(url: str, base: str = "") -> str | None:
    """A web address without fragment and trackers, or None for what is none.

    Other parameters stay as they are, since any of them may say which release is meant.

    >>> tidy_url("HTTPS://Acme.example:443/news/?id=7&utm_source=x#top")
    'https://acme.example/news/?id=7'
    >>> tidy_url("../2", "https://acme.example/news/1/"), tidy_url("mailto:press@acme.example")
    ('https://acme.example/news/2', None)
    """
    try:
        parts = urlsplit(urljoin(base, url.strip()))
        if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
            return None
        place = clean_url(urlunsplit(parts._replace(query="", fragment="")))
    except ValueError:
        return None
    if not place or not _HOST.fullmatch(urlsplit(place).hostname or "") or len(place) > _LONGEST:
        return None
    query = "&".join(pair for pair in parts.query.split("&") if not _TRACKER.fullmatch(pair.partition("=")[0].lower()))
    return f"{place}?{query}" if query else place


def choose_url(declared: Iterable[str], fetched: str | None) -> str | None:
    """The first declared address that can be this page's own, else the one fetched.

    An address that says less than the fetched one (the home page, a section, the path without its parameters) would
    make many releases one; one on another site counts where it ends like the fetched one.

    >>> choose_url(["https://acme.example/news/7"], "https://www.acme.example/news/7?from=feed")
    'https://acme.example/news/7'
    >>> choose_url(["https://acme.example/", "https://other.example/ad"], "https://acme.example/news/7")
    'https://acme.example/news/7'
    """
    here = tidy_url(fetched) if fetched else None
    for url in declared:
        there = tidy_url(url, fetched or "")
        if there and (_is_same_page(urlsplit(there), urlsplit(here)) if here else urlsplit(there).path.strip("/")):
            return there
    return here


def _is_same_page(there: SplitResult, here: SplitResult) -> bool:
    path, own_path = there.path.rstrip("/"), here.path.rstrip("/")
    if _site(there) != _site(here):
        return bool(path) and path.rpartition("/")[2] == own_path.rpartition("/")[2] and there.query == here.query
    if path == own_path:
        return bool(there.query) or not here.query or bool(_NAMES_ONE.search(path))
    return bool(path) and not f"{own_path}/".startswith(f"{path}/")


def _site(parts: SplitResult) -> str:
    return extract_domain(parts.geturl()) or (parts.hostname or "").removeprefix("www.")
