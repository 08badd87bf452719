"""How figures look: two styles, and lines that stay apart in colour, in grey and on a bad printer.

Colours are those of Okabe and Ito, "Color universal design" (2008), which the common colour-vision deficiencies leave apart;
their yellow is left out, too pale for a line on white. Every line has a line style and a marker of its own besides.
The `ieee` style is one column of an IEEE journal: 3.5 in wide, 8 pt serif (STIX, which Matplotlib brings, so
that a figure looks the same everywhere), Type-42 fonts, which IEEE PDF eXpress asks for.
"""

from __future__ import annotations

import io

import matplotlib
from matplotlib.figure import Figure

from ..errors import InputError, unknown

__all__ = ["StyledFigure", "STYLES", "COLOURS", "INSIDE", "style_of", "line_look", "figure", "label_axes"]

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#000000", "#E69F00", "#CC79A7", "#56B4E9")
LINES = ("-", (0, (5, 1.5)), (0, (6, 1.5, 1.2, 1.5)), (0, (1.2, 1.2)), (0, (3, 1, 1, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")  # 7, 5 and 8: 280 lines before two look alike

INSIDE = 5  # lines that a legend inside a panel may name: more would cover the curves

_FILES = {"pdf.fonttype": 42, "ps.fonttype": 42, "svg.hashsalt": "wirelesssim", "svg.fonttype": "path"}
_AXES = {"axes.grid": True, "grid.alpha": 0.35, "grid.linewidth": 0.5, "axes.axisbelow": True, "legend.framealpha": 0.85,
         "legend.edgecolor": "0.8", "legend.fancybox": False, "axes.unicode_minus": True, "axes.titlelocation": "left"}
STYLES = {
    "screen": _FILES | _AXES | {
        "figure.figsize": (6.4, 4.2), "figure.dpi": 110, "savefig.dpi": 160, "font.family": ["DejaVu Sans"], "font.size": 10,
        "axes.labelsize": 10, "axes.titlesize": 9.5, "xtick.labelsize": 9, "ytick.labelsize": 9, "legend.fontsize": 9,
        "lines.linewidth": 1.6, "lines.markersize": 5, "axes.spines.top": False, "axes.spines.right": False},
    "ieee": _FILES | _AXES | {
        "figure.figsize": (3.5, 2.5), "figure.dpi": 150, "savefig.dpi": 600, "font.family": ["STIXGeneral", "DejaVu Serif"],
        "mathtext.fontset": "stix", "font.size": 8, "axes.labelsize": 8, "axes.titlesize": 8, "xtick.labelsize": 8,
        "ytick.labelsize": 8, "legend.fontsize": 7, "lines.linewidth": 1.0, "lines.markersize": 3.5, "axes.linewidth": 0.6,
        "xtick.major.width": 0.6, "ytick.major.width": 0.6, "xtick.direction": "in", "ytick.direction": "in",
        "xtick.minor.width": 0.4, "ytick.minor.width": 0.4, "legend.handlelength": 2.6, "patch.linewidth": 0.6,
        "hatch.linewidth": 0.5},
}


def style_of(name: str | None) -> dict:
    """The rcParams of the style `name`, `screen` unless said; InputError for an unknown one."""
    if name is not None and name not in STYLES:
        raise InputError(unknown("style", name, STYLES))
    return STYLES[name or "screen"]


def line_look(number: int) -> dict:
    """Colour, line style and marker of the line `number` (0, 1, ...)."""
    return {"color": COLOURS[number % len(COLOURS)], "linestyle": LINES[number % len(LINES)],
            "marker": MARKERS[number % len(MARKERS)]}


class StyledFigure(Figure):
    """A figure that is drawn and saved in the style that it was made in, whatever the caller's rcParams say by then.

    Matplotlib makes ticks, and reads font settings, only when it draws. A notebook shows it as it is, without pyplot.
    `column`: whether its width is that of a printed column, fixed.
    """

    def __init__(self, *args, style: dict, column: bool = False, **kwargs):
        self.style, self.measure, self.against, self.column = dict(style), "", "", column
        super().__init__(*args, **kwargs)

    def draw(self, renderer):
        """Draw it in its own style."""
        with matplotlib.rc_context(self.style):
            super().draw(renderer)

    def savefig(self, *args, **kwargs):
        """Save it in its own style; arguments as Matplotlib's."""
        with matplotlib.rc_context(self.style):
            super().savefig(*args, **kwargs)

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=self.style["figure.dpi"])
        return buffer.getvalue()


def figure(style: str | None, panels: int = 1, apart: bool = False) -> tuple[StyledFigure, list]:
    """An empty `StyledFigure` with `panels` panels, up to three in a row, and the list of them.

    They share their axes, unless `apart`: then the y axis only.
    Several panels make it larger: in `ieee` they have the two columns of a page, 7.16 in. Whoever draws in it does so
    within `matplotlib.rc_context(style_of(style))`.
    """
    rc = style_of(style)
    columns = min(panels, 2 if panels == 4 else 3)
    rows = -(-panels // columns)
    size = rc["figure.figsize"] if panels == 1 else (7.16, 2.1 * rows) if style == "ieee" else (4.0 * columns, 3.2 * rows)
    made = StyledFigure(style=rc, column=style == "ieee", figsize=size, layout="constrained")
    grid = made.subplots(rows, columns, squeeze=False, sharex=not apart, sharey=True).ravel()
    for spare in grid[panels:]:
        spare.remove()
    for lowest in grid[panels - columns:panels]:  # also above a place that is spare
        lowest.tick_params(labelbottom=True)
    return made, list(grid[:panels])


def label_axes(made: StyledFigure, axes: list, x: str, y: str) -> None:
    """Name the axes: of the one panel, or once for all of them."""
    if len(axes) == 1:
        axes[0].set_xlabel(x)
        axes[0].set_ylabel(y)
    else:
        size = made.style["axes.labelsize"]
        made.supxlabel(x, fontsize=size)
        made.supylabel(y, fontsize=size)
