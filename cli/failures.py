"""What the command line does when something fails: one plain line, and an exit code."""

import sys
from collections.abc import Callable

from pydantic import ValidationError
from rich.markup import escape

from cli.output import err
from schemas.problem import ToldError


def run(command: Callable[[], object]) -> None:
    """Run a command; exit code 0 when all went well, 1 for a run with failures, 2 for wrong usage.

    The message of a ToldError or of wrong settings is printed without a traceback.
    """
    try:
        command()
    except ToldError as error:
        message = str(error)
    except ValidationError as error:
        if error.title != "Settings":
            raise
        message = describe_settings_error(error)
    except BrokenPipeError:  # `dateline … | head`: the reader has what it wanted
        sys.stderr.close()
        sys.exit(1)
    err.print(f"[bold red]Error:[/] {escape(message)}", soft_wrap=True)
    sys.exit(2)


def describe_settings_error(error: ValidationError) -> str:
    """The first wrong setting, its value and what is wrong with it."""
    first = error.errors()[0]
    variable = "DATELINE_" + "_".join(map(str, first["loc"])).upper()
    return f"{variable}={first['input']}: {first['msg']}"
