"""Who gets in: host, origin, token, role, size; and what every answer says to the browser."""

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from review.accounts import Tries, User, check_password, hash_password, load_secret, load_users, save_users
from review.app import build_app
from review.guard import HEADERS, MAX_BODY
from review.setup import Role, Setup
from schemas.page import utc_now
from store.database import Store, StoreError
from store.models import Batch, Item
from store.save import save_batch
from tests.review_desk_site import filled_store

PASSWORD = "correct horse battery"  # noqa: S105 - a test's
NUMBERS = itertools.count()
ROLES: tuple[Role, ...] = ("viewer", "reviewer", "admin")


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("accounts") / "users.json"
    hashed = hash_password(PASSWORD)
    save_users(path, {role: User(name=role, role=role, password=hashed) for role in ROLES})
    return path


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with filled_store(tmp_path_factory.mktemp("store"), ()) as store:
        yield store


@pytest.fixture
def stored(shared: Store, make_item: Callable[..., Item]) -> tuple[Store, Item]:
    """A store, and a release in it that nobody has touched."""
    item = make_item(f"guard-{next(NUMBERS)}")
    save_batch(shared, Batch(seen_at=utc_now(), items=(item,)))
    return shared, item


def client(store: Store, host: str = "127.0.0.1", peer: str = "10.1.2.3", **settings: Any) -> TestClient:
    """A browser at a desk; on this computer alone unless the settings say otherwise."""
    given: dict[str, Any] = {"store": store, "secret": "s" * 30, "reviewer": "ana"} | settings
    setup = Setup(**given)
    return TestClient(build_app(setup), base_url=f"http://{host}:8470", client=(peer, 1), follow_redirects=False)


def log_in(browser: TestClient, name: str, password: str = PASSWORD) -> Any:
    page = browser.get("/login").text
    token = page.partition('name="csrf" value="')[2].partition('"')[0]
    return browser.post("/login", data={"csrf": token, "name": name, "password": password})


def accept(browser: TestClient, item: Item, **headers: str) -> Any:
    """One change, with the token of this browser's session."""
    token = browser.get("/api/me").json().get("csrf", "")
    target = {"field": "people", "value_id": item.record.people[0].id}
    action = {"kind": "accept", "targets": [target]}
    asked = {"action": action, "seen": 0, "request_id": f"test-{time.monotonic_ns()}"}
    sent = {"X-CSRF-Token": token} | {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.post(f"/api/releases/{item.release.id}/acts", json=asked, headers=sent)


@pytest.mark.parametrize("path", ["/", "/static/style.css", "/desk/none", "/api/openapi.json"])
def test_headers_of_every_answer(stored: tuple[Store, Item], path: str) -> None:
    answer = client(stored[0]).get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "http" not in answer.headers["content-security-policy"]  # nothing of another site


HOSTS = [
    ("127.0.0.1", 200),
    ("localhost", 200),
    ("evil.example", 421),  # a name that somebody let lead to this computer
    ("127.0.0.1.evil.example", 421),
    ("192.168.1.5", 421),
]


@pytest.mark.parametrize(("host", "status"), HOSTS)
def test_hosts(stored: tuple[Store, Item], host: str, status: int) -> None:
    assert client(stored[0], host).get("/api/me").status_code == status


ORIGINS = [
    ({}, 200),  # a program
    ({"Origin": "http://127.0.0.1:8470"}, 200),  # our page
    ({"Origin": "http://127.0.0.1:9999"}, 403),  # another page of this computer
    ({"Origin": "https://evil.example"}, 403),
    ({"Origin": "null"}, 403),  # a page in a frame without an origin
    ({"Sec_Fetch_Site": "cross-site"}, 403),
    ({"Sec_Fetch_Site": "same-site"}, 403),
    ({"X_CSRF_Token": "guessed"}, 403),
    ({"X_CSRF_Token": ""}, 403),
]


@pytest.mark.parametrize(("headers", "status"), ORIGINS)
def test_only_our_page_changes_anything(stored: tuple[Store, Item], headers: dict[str, str], status: int) -> None:
    store, item = stored
    assert accept(client(store), item, **headers).status_code == status


@pytest.mark.parametrize(
    ("role", "reads", "writes"), [("viewer", 200, 403), ("reviewer", 200, 200), ("admin", 200, 200)]
)
def test_roles(stored: tuple[Store, Item], accounts: Path, role: str, reads: int, writes: int) -> None:
    store, item = stored
    browser = client(store, "box.example", reviewer=None, accounts=accounts)
    assert log_in(browser, role).status_code == 303
    assert browser.get(f"/desk/{item.release.id}").status_code == 200
    assert accept(browser, item).status_code == writes


CLOSED = ["/", "/next", "/work", "/opinions", "/desk/x", "/desk/x/panel", "/desk/x/history"]
CLOSED_API = ["/api/me", "/api/queue", "/api/next", "/api/releases/x", "/api/openapi.json"]


@pytest.mark.parametrize("path", CLOSED + CLOSED_API)
def test_nothing_without_a_login(stored: tuple[Store, Item], accounts: Path, path: str) -> None:
    answer = client(stored[0], "box.example", reviewer=None, accounts=accounts).get(path)
    assert (answer.status_code, answer.headers.get("location")) == (
        (401, None) if path in CLOSED_API else (303, "/login")
    )


def test_no_change_without_a_login(stored: tuple[Store, Item], accounts: Path) -> None:
    store, item = stored
    browser = client(store, "box.example", reviewer=None, accounts=accounts)
    page = browser.get("/login").text
    token = page.partition('name="csrf" value="')[2].partition('"')[0]
    assert accept(browser, item, X_CSRF_Token=token).status_code == 401


def test_login_and_logout(stored: tuple[Store, Item], accounts: Path) -> None:
    browser = client(stored[0], "box.example", reviewer=None, accounts=accounts)
    assert log_in(browser, "reviewer", "wrong").status_code == 401
    assert log_in(browser, "nobody").status_code == 401
    answer = log_in(browser, "reviewer")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    me = browser.get("/api/me").json()
    assert (me["name"], me["role"]) == ("reviewer", "reviewer")
    assert browser.post("/logout", data={"csrf": me["csrf"]}).status_code == 303
    assert browser.get("/api/me").status_code == 401


def test_a_cookie_by_another_secret_is_none(stored: tuple[Store, Item], accounts: Path) -> None:
    browser = client(stored[0], "box.example", reviewer=None, accounts=accounts)
    log_in(browser, "admin")
    other = client(stored[0], "box.example", reviewer=None, accounts=accounts, secret="t" * 30)
    other.cookies.update(browser.cookies)
    assert other.get("/api/me").status_code == 401


def test_a_new_password_or_no_account_ends_the_session(stored: tuple[Store, Item], tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    save_users(path, {"ben": User(name="ben", role="admin", password=hash_password(PASSWORD))})
    browser = client(stored[0], "box.example", reviewer=None, accounts=path)
    log_in(browser, "ben")
    assert browser.get("/api/me").status_code == 200
    save_users(path, {"ben": User(name="ben", role="admin", password=hash_password("another password"))})
    assert browser.get("/api/me").status_code == 401
    save_users(path, {})
    assert browser.get("/api/me").status_code == 401


def test_https_makes_the_cookie_secure(stored: tuple[Store, Item], accounts: Path) -> None:
    browser = client(stored[0], "box.example", reviewer=None, accounts=accounts, address="https://box.example")
    assert "; secure" in browser.get("/login").headers["set-cookie"].lower()
    assert client(stored[0], "other.example", reviewer=None, accounts=accounts, address="https://box.example").get(
        "/login"
    ).status_code == 421  # fmt: skip


def test_guessing_is_slow(stored: tuple[Store, Item], accounts: Path) -> None:
    browser = client(stored[0], "box.example", reviewer=None, accounts=accounts)
    statuses = [log_in(browser, "admin", "wrong").status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    answer = log_in(browser, "admin")  # the right password does not help now
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 200
    assert log_in(browser, "reviewer").status_code == 303  # others get in


def test_guessing_names_is_slow() -> None:
    tries = Tries()
    for number in range(30):
        assert tries.wait(f"name{number}", "10.0.0.1") == 0
        tries.failed(f"name{number}", "10.0.0.1")
    assert tries.wait("another", "10.0.0.1") > 0
    assert tries.wait("another", "10.0.0.2") == 0


PROXY = [
    ("127.0.0.1", "reviewer", (200, 200)),  # the proxy says who it is
    ("127.0.0.1", "viewer", (200, 403)),
    ("127.0.0.1", "somebody", (200, 403)),  # without an account: looks only
    ("127.0.0.1", None, (401, 403)),
    ("10.1.2.3", "admin", (401, 403)),  # another computer says it
]


@pytest.mark.parametrize(("peer", "name", "expected"), PROXY)
def test_a_proxy_says_who_asks(
    stored: tuple[Store, Item], accounts: Path, peer: str, name: str | None, expected: tuple[int, int]
) -> None:
    store, item = stored
    browser = client(store, "box.example", peer, reviewer=None, accounts=accounts, user_header="X-Remote-User")
    browser.headers.update({"X-Remote-User": name} if name else {})
    assert (browser.get("/api/me").status_code, accept(browser, item).status_code) == expected


def test_bodies_are_limited(stored: tuple[Store, Item]) -> None:
    browser, path = client(stored[0]), f"/api/releases/{stored[1].release.id}/acts"
    assert browser.post(path, content=b"x" * (MAX_BODY + 1)).status_code == 413
    parts = (b"x" * 100_000 for _ in range(20))  # without a length in its head
    assert browser.post(path, content=parts).status_code == 413


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/%00", "/desk/%00"]
)
def test_no_file_is_read(stored: tuple[Store, Item], path: str) -> None:
    assert client(stored[0]).get(path).status_code in {400, 404}


def test_accounts_are_private(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    save_users(path, {"ana": User(name="ana", role="admin", password=hash_password(PASSWORD))})
    assert path.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in path.read_text()
    assert "argon2id" in path.read_text()
    users = load_users(path)
    assert check_password(users, "ana", PASSWORD) == users["ana"]
    assert check_password(users, "ana", "no") is None
    assert check_password(users, "eve", PASSWORD) is None


def test_an_account_of_the_proxy_has_no_password() -> None:
    assert check_password({"ana": User(name="ana", role="admin")}, "ana", "") is None


def test_broken_accounts_let_nobody_in(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    path.write_text("[{")
    with pytest.raises(StoreError, match="mend it"):
        load_users(path)


def test_the_secret_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    assert load_secret(path) == load_secret(path)
    assert path.stat().st_mode & 0o777 == 0o600
