"""The application: the commands by name."""

from __future__ import annotations

import typer

from . import check, estimate, listing, new, plot, run, schema, sweep

__all__ = ["app"]

app = typer.Typer(
    name="wirelesssim", add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Machine learning over wireless links, in simulated seconds: GD-SEC and its rivals on real data over lossy channels.")


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"wirelesssim {version('wirelesssim')}")
        raise typer.Exit()


@app.callback()
def _options(version: bool = typer.Option(False, "--version", help="Print the version and exit.", is_eager=True,
                                          callback=_print_version)) -> None:
    """Options that stand before any command."""


app.command("run")(run.run)
app.command("sweep")(sweep.sweep)
app.command("plot")(plot.plot)
app.command("new")(new.new)
app.command("check")(check.check)
app.command("estimate")(estimate.estimate)
app.command("list")(listing.listing)
app.command("schema")(schema.schema)
