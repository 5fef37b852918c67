"""Accounts of the review desk: names, roles and argon2 hashes in a file that only its owner reads."""

import json
import os
import secrets
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import BaseModel, Field, TypeAdapter

from review.setup import Role
from schemas.values import FROZEN
from store.database import StoreError

MIN_PASSWORD = 10
"""Characters that a password has at least."""
_HASHER = PasswordHasher()


class User(BaseModel):
    """One account."""

    model_config = FROZEN
    name: str = Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")
    role: Role
    password: str | None = None
    """Its argon2 hash; None for one that only a reverse proxy lets in."""


_USERS = TypeAdapter(list[User])


def load_users(path: Path) -> dict[str, User]:
    """The accounts by name; none where there is no file. Raises StoreError for a file that is none of ours."""
    try:
        return {user.name: user for user in _USERS.validate_json(path.read_bytes())}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: no accounts can be read from it ({error}); mend it or take it away") from error


def save_users(path: Path, users: dict[str, User]) -> None:
    """Write the accounts; the file is there whole or not at all, and only its owner reads it."""
    write_private(path, json.dumps([user.model_dump() for user in users.values()], indent=2))


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf8") as stream:
        stream.write(text)
    part.replace(path)


def load_secret(path: Path) -> str:
    """What signs the cookies: made once and kept, so that a restart logs nobody out."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32))
    return path.read_text(encoding="utf8").strip()


def hash_password(password: str) -> str:
    """An argon2id hash."""
    return _HASHER.hash(password)


@cache
def _nobody() -> str:
    """A hash that no password has: an unknown name takes as long as a wrong password."""
    return _HASHER.hash(secrets.token_urlsafe(32))


def check_password(users: dict[str, User], name: str, password: str) -> User | None:
    """The account that name and password fit."""
    user = users.get(name)
    try:
        _HASHER.verify((user and user.password) or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return None
    return user


@dataclass
class Tries:
    """Failed logins: after too many, nobody gets in by that name or from that address for a while."""

    by_name: int = 5
    by_address: int = 30
    seconds: float = 300.0
    _failed: dict[tuple[str, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def wait(self, name: str, address: str) -> int:
        """Seconds until the next try is allowed; 0 for at once."""
        return max(self._wait(("name", name), self.by_name), self._wait(("address", address), self.by_address))

    def failed(self, name: str, address: str) -> None:
        """Count one."""
        now = time.monotonic()
        for key in [key for key, times in self._failed.items() if now - times[-1] > self.seconds]:
            del self._failed[key]
        for key in (("name", name[:80]), ("address", address)):
            self._failed[key].append(now)

    def _wait(self, key: tuple[str, str], allowed: int) -> int:
        times = self._failed.get((key[0], key[1][:80]), ())
        recent = [moment for moment in times if time.monotonic() - moment < self.seconds]
        if len(recent) < allowed:
            return 0
        return max(1, round(self.seconds - (time.monotonic() - recent[-allowed])))
