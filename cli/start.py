"""The command `dateline`: some commands without the rest of the program, whose libraries take seconds to load."""

import sys


def main() -> None:
    """Run the command line; exit codes as in `cli.main`."""
    if sys.argv[1:2] == ["review"]:
        from cli.failures import run
        from cli.review import review

        sys.argv[:2] = [f"{sys.argv[0]} review"]
        run(review)
    elif sys.argv[1:2] == ["query"]:
        import typer

        from cli.failures import run
        from cli.query import query

        sys.argv[:2] = [f"{sys.argv[0]} query"]
        run(lambda: typer.run(query))
    else:
        from cli.main import main as everything

        everything()
