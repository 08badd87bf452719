"""How the figures of the validation are drawn: IEEE column width, models as lines, references as marks."""

from __future__ import annotations

import matplotlib

from wirelesssim.view.style import COLOURS, LINES, MARKERS, figure, style_of

STYLE = "ieee"


def drawn(draw, panels: int = 1):
    """The figure that `draw(figure, panels)` makes in the style."""
    with matplotlib.rc_context(style_of(STYLE)):
        made, axes = figure(STYLE, panels)
        draw(made, axes)
    return made


def look(number: int, line: bool = True, mark: bool = False) -> dict:
    """A line of its own colour and dashes, or marks of its own shape."""
    said = {"color": COLOURS[number], "linestyle": LINES[number % len(LINES)] if line else "none"}
    return said | ({"marker": MARKERS[number], "markerfacecolor": "white", "markeredgewidth": 0.8} if mark else {})
