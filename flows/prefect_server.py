"""A Prefect server for a run of those who have none of their own."""

import flows.quiet  # noqa: F401  isort: skip  (settings that Prefect reads when it is first imported)

import atexit
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

import httpx
from prefect.context import refresh_global_settings_context
from prefect.settings import get_current_settings

_PROGRAM = """
import os, signal, sys, threading
import uvicorn

def end_with_parent():
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)

threading.Thread(target=end_with_parent, daemon=True).start()
uvicorn.run("prefect.server.api.server:create_app", factory=True, port=int(sys.argv[1]), log_level="error")
"""
"""Its input ends when the run does, be it killed."""
_SERVER = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
"""As Prefect starts its temporary server (`SubprocessASGIServer`)."""


class ServerError(RuntimeError):
    """Prefect's server cannot be started; the message says what to do."""


def start_server() -> Callable[[], None]:
    """Start a server that ends with this process, where neither environment nor profile names one.

    What is returned waits until it answers and raises ServerError where it does not: until then there is time to load
    what needs it. Prefect starts one too, but loads the whole server here as well to start it there, 60 MB, and leaves
    it behind when this process is killed.
    """
    settings = get_current_settings()
    if settings.api.url:
        return lambda: None
    port = _free_port()
    command = [sys.executable, "-P", "-c", _PROGRAM, str(port)]  # -P: without the folder that the user is in
    given = settings.to_environment_variables(exclude_unset=True)
    environment = {**os.environ, **_SERVER, **given}
    server = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)  # noqa: S603
    atexit.register(server.terminate)  # after Prefect's own, which come later: what it has still to tell is told
    os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    refresh_global_settings_context()
    return partial(_wait, server, os.environ["PREFECT_API_URL"], settings.server.ephemeral.startup_timeout_seconds)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait(server: "subprocess.Popen[bytes]", url: str, seconds: float) -> None:
    """Until the server answers, or for so long. Raises ServerError."""
    until = time.monotonic() + seconds
    with httpx.Client(trust_env=False) as client:  # no proxy is asked for it
        while server.poll() is None and time.monotonic() < until:
            try:
                if client.get(f"{url}/health").is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
    raise ServerError(f"{url}: Prefect's server did not start; name a running one in PREFECT_API_URL, or try again")
