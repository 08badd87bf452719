"""The command line: one file a command, thirty lines each. Messages on standard error, tables on standard output.

Exit status: 0 done, 2 bad input, 3 a run diverged (its tables are kept) or a check of `verify-models` failed, 130 interrupted.
A user's mistake is one line, never a traceback. Commands import what they need when they run, so that `--help` answers at once.
"""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """The entry point of the `wirelesssim` command."""
    try:
        from .app import app
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(guarded(app))


def guarded(app) -> int:
    """Run the application; the exit status, with one line for each of the user's mistakes."""
    import os

    import typer

    from ..errors import InputError
    from .said import say

    click_error = typer.BadParameter.__mro__[2]  # ClickException: click's, or the copy that newer Typer carries
    try:
        status = app(sys.argv[1:] or ["--help"], standalone_mode=False) or 0
        if status == 130:  # how some versions of Typer pass on a KeyboardInterrupt
            raise KeyboardInterrupt
        return status
    except InputError as error:
        for problem in error.problems:
            say(f"error: {problem}")
        return 2
    except typer.Exit as error:
        return error.exit_code
    except click_error as error:
        say(f"error: {error.format_message()}")
        return 2
    except (KeyboardInterrupt, typer.Abort):
        say("interrupted: nothing was kept" if sys.argv[1:2] == ["data"] else
            "interrupted: finished points are kept; the same command goes on from there")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except MemoryError:
        say("error: out of memory; lower workers, samples or dimension, or -j")
        return 2
