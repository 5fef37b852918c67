"""`dateline review`: the review desk as a local web page; accounts for one that other computers reach.

Nothing here needs Prefect or spaCy, so that the page is there in a second.
"""

import getpass
import socket
import webbrowser
from typing import Annotated, Any

import typer
import uvicorn

from cli.output import err, out
from review.accounts import MIN_PASSWORD, User, hash_password, load_secret, load_users, save_users
from review.app import build_app
from review.setup import Role, Setup, is_loopback
from schemas.settings import Settings
from store.database import Store, StoreError, close_store, open_store

review = typer.Typer(help="Check records on a local web page; every decision is kept beside what was extracted.")
user = typer.Typer(help="Accounts, for a desk that other computers reach.", no_args_is_help=True)
review.add_typer(user, name="user")
PORT = 8470


@review.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Where to listen; other than loopback it demands accounts.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 for any that is free.")] = PORT,
    reviewer: Annotated[str | None, typer.Option(help="Who decides; by default this computer's user.")] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Open no browser.")] = False,
) -> None:
    """Open the review desk in the browser; Ctrl+C ends it, and nothing that was confirmed is lost."""
    if context.invoked_subcommand is not None:
        return
    settings = Settings()
    listening = _listen(host, port)
    store = open_store(settings.database_url)
    try:
        setup = _setup(settings, store, host, reviewer)
        address = setup.address or f"http://{_shown(host)}:{listening.getsockname()[1]}/"
        out.print(f"The review desk is at [bold]{address}[/] (Ctrl+C ends it)", soft_wrap=True)
        _run(setup, listening, None if no_open else address)
    finally:
        close_store(store)
        listening.close()


def _setup(settings: Settings, store: Store, host: str, reviewer: str | None) -> Setup:
    accounts = settings.data_dir / "review-users.json"
    shared = not is_loopback(host) or bool(settings.review_user_header)
    if shared and not settings.review_user_header and not load_users(accounts):
        raise StoreError(
            f"{host} is reached by other computers, so people have to log in, and there is no account yet; "
            "make one: `dateline review user add NAME --role admin`"
        )
    return Setup(
        store=store,
        secret=settings.review_secret or load_secret(settings.data_dir / "review-secret"),
        reviewer=None if shared else reviewer or settings.reviewer or _user(),
        accounts=accounts,
        user_header=settings.review_user_header,
        trusted=frozenset(settings.review_trusted.replace(",", " ").split()),
        address=settings.review_address,
        metrics_token=settings.metrics_token,
        share=settings.review_share,
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family)
        # Inherited by what is accepted; asyncio sees to it only where the protocol was named.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError as error:
        raise StoreError(
            f"{host}:{port}: cannot listen there ({error.strerror}); try --port 0 for a free one"
        ) from error


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _run(setup: Setup, listening: socket.socket, address: str | None) -> None:
    config = uvicorn.Config(
        build_app(setup),
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # who asks is not for a header to say, but the one that the setting names
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=3,
    )
    if address:
        webbrowser.open(address)
    uvicorn.Server(config).run(sockets=[listening])


@user.command()
def add(
    name: Annotated[str, typer.Argument(help="By which they log in; it stands beside what they decide.")],
    role: Annotated[str, typer.Option(help="viewer, reviewer or admin.")] = "reviewer",
    no_password: Annotated[
        bool, typer.Option("--no-password", help="Only a reverse proxy lets them in (DATELINE_REVIEW_USER_HEADER).")
    ] = False,
) -> None:
    """Make an account, or give one another password or role; the password is asked for."""
    path = Settings().data_dir / "review-users.json"
    given = None if no_password else typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    if given is not None and len(given) < MIN_PASSWORD:
        raise typer.BadParameter(f"a password has {MIN_PASSWORD} characters or more")
    if role not in ("viewer", "reviewer", "admin"):
        raise typer.BadParameter(f"{role!r} is no role: viewer, reviewer or admin")
    known: Role = role  # type: ignore[assignment]  # checked above
    made: dict[str, Any] = {"name": name, "role": known, "password": None if given is None else hash_password(given)}
    save_users(path, load_users(path) | {name: User(**made)})
    err.print(f"{name} is a {role}")


@user.command()
def remove(name: Annotated[str, typer.Argument(help="Whose account goes; what they decided stays.")]) -> None:
    """Take an account away; who is logged in with it is logged out."""
    path = Settings().data_dir / "review-users.json"
    users = load_users(path)
    if name not in users:
        raise typer.BadParameter(f"nobody is called {name!r}; `dateline review user list` has all")
    save_users(path, {key: value for key, value in users.items() if key != name})


@user.command("list")
def list_users() -> None:
    """Print the accounts: name and role."""
    for found in load_users(Settings().data_dir / "review-users.json").values():
        out.print(f"{found.name}\t{found.role}{'' if found.password else ' (by the proxy)'}", soft_wrap=True)
