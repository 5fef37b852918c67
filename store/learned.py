"""The file of what was learnt from reviews: one JSON document beside the database."""

from pathlib import Path

from pydantic import ValidationError

from schemas.learned import Learned
from store.database import StoreError
from store.export import whole_file


class LearnedError(StoreError):
    """A file of what was learnt that cannot be used; says which and what to do."""


def load_learned(path: Path) -> Learned | None:
    """What is switched on; None where nothing is. Raises LearnedError for a file that is none or cannot be read."""
    try:
        return Learned.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LearnedError(f"{path}: cannot be read ({error.strerror}); check its rights") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the document"
        message = f"{path}: is nothing that this version learnt ({where}: {first['msg']})"
        raise LearnedError(f"{message}; take it away with `dateline learn --forget` and learn again") from error


def save_learned(path: Path, learned: Learned) -> None:
    """Switch it on: the file appears when it is whole. Raises StoreError when it cannot be written."""
    with whole_file(path) as file:
        file.write(learned.model_dump_json(indent=1) + "\n")


def forget_learned(path: Path) -> bool:
    """Switch off what was learnt; whether there was anything. Raises LearnedError when it cannot be taken away."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise LearnedError(f"{path}: cannot be taken away ({error.strerror}); check its rights") from error
    return True
