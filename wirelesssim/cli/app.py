"""The application: the commands by name."""

from __future__ import annotations

import typer

from . import check, estimate, listing, new, plot, run, schema, sweep

__all__ = ["app"]

app = typer.Typer(
    name="wirelesssim", add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Machine learning over wireless links, in simulated seconds: GD-SEC and its rivals on real data over lossy channels.")


@app.callback()
def _version(version: bool = typer.Option(False, "--version", help="Print the version and exit.", is_eager=True)) -> None:
    if version:
        from importlib.metadata import version as installed

        print(f"wirelesssim {installed('wirelesssim')}")
        raise typer.Exit()


app.command("run")(run.run)
app.command("sweep")(sweep.sweep)
app.command("plot")(plot.plot)
app.command("new")(new.new)
app.command("check")(check.check)
app.command("estimate")(estimate.estimate)
app.command("list")(listing.listing)
app.command("schema")(schema.schema)
