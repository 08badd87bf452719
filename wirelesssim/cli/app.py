"""The application: the commands by name."""

from __future__ import annotations

from collections import Counter

import typer
from typer.core import TyperCommand

from ..errors import InputError

from . import check, data, estimate, listing, new, plot, run, schema, sweep, verify

__all__ = ["app"]

PLANNED = ("explain", "compare", "report")

app = typer.Typer(
    name="wirelesssim", add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Machine learning over wireless links, in simulated seconds: GD-SEC and its rivals on real data over lossy channels.",
    epilog=f"Planned, and not in this version: {', '.join(PLANNED)}.")


class Command(TyperCommand):
    """A command that refuses an option given twice, of which the parser would keep the last in silence."""

    def parse_args(self, ctx, args: list[str]) -> list[str]:
        """As the parser does, once no option that takes one value has two."""
        _, _, order = self.make_parser(ctx).parse_args(list(args))
        for option, count in Counter(order).items():
            if count > 1 and option.param_type_name == "option" and not option.multiple and not option.is_flag:
                raise InputError(f"{option.opts[-1]} is given {count} times and takes one value: {option.help}")
        return super().parse_args(ctx, args)


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"wirelesssim {version('wirelesssim')}")
        raise typer.Exit()


@app.callback()
def _options(version: bool = typer.Option(False, "--version", help="Print the version and exit.", is_eager=True,
                                          callback=_print_version)) -> None:
    """Options that stand before any command."""


app.command("run", cls=Command)(run.run)
app.command("sweep", cls=Command)(sweep.sweep)
app.command("plot", cls=Command)(plot.plot)
app.command("new", cls=Command)(new.new)
app.command("check", cls=Command)(check.check)
app.command("estimate", cls=Command)(estimate.estimate)
app.command("list", cls=Command)(listing.listing)
app.command("schema", cls=Command)(schema.schema)
app.command("verify-models", cls=Command)(verify.verify)

_sets = typer.Typer(help="Sets by name: what is here, what can be fetched, and fetching it.", invoke_without_command=True)
_sets.callback()(data.needs_a_command)
_sets.command("list", cls=Command)(data.list_sets)
_sets.command("fetch", cls=Command)(data.fetch_set)
app.add_typer(_sets, name="data")


def _planned(ctx: typer.Context) -> None:
    known = ", ".join([command.name for command in app.registered_commands if not command.hidden]
                      + [group.name for group in app.registered_groups])
    raise InputError(f"{ctx.info_name} is planned and not in this version; known: {known}")


for _name in PLANNED:
    app.command(_name, hidden=True, context_settings={
        "allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})(_planned)
