"""Pictures as SVG that a browser colours by the page's style: light, dark or print.

Text stays text, a title and a description say what a screen reader needs, and a drawing is 360
units wide, so that its letters can be read on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH = 360
CLASSES = 5
_TILES, _TILE_HEIGHT = 3, 46
_LONGEST = 21  # letters that fit into a tile
_CURVE_HEIGHT, _MARGIN = 160, 24


@dataclass(frozen=True)
class Bar:
    """A labelled bar from 0.

    Parameters
    ----------
    label, text
        What it is, and its value as a person reads it.
    value, whole
        Its length, and that of the pale track behind it (0: none), in one unit.
    low, high
        An interval drawn as a whisker; None for none.
    colour
        A class of the page's style: "a" or "b".
    """

    label: str
    text: str
    value: float
    whole: float = 0.0
    low: float | None = None
    high: float | None = None
    colour: str = "a"


@dataclass(frozen=True)
class Area:
    """An area with the class of its colour, 0 to 4, or -1 where it is withheld."""

    name: str
    text: str
    number: int
    path: str = ""


@dataclass(frozen=True)
class Point:
    """A point of a curve: where it lies, and both coordinates as a person reads them."""

    x: float
    y: float
    label: str
    text: str


def bars(key: str, title: str, description: str, rows: Sequence[Bar]) -> Markup:
    """Draw horizontal bars, label above bar: a name of any length has room.

    Examples
    --------
    >>> "<title" in bars("k", "Rates", "Two bars", [Bar("before", "7 %", 0.07)])
    True
    """
    ends = [max(row.value, row.whole, row.high or 0.0) for row in rows]
    scale = (WIDTH - 1) / (max(ends, default=0.0) or 1.0)  # 1: half a whisker
    parts = [_bar(row, 36 * k, scale) for k, row in enumerate(rows)]
    return _svg(key, title, description, 36 * len(rows), parts)


def curve(key: str, title: str, description: str, points: Sequence[Point]) -> Markup:
    """Draw a curve through points, from 0 upwards, with both coordinates at every point.

    Examples
    --------
    >>> drawn = curve("k", "t", "d", [Point(0, 0, "0 %", "0"), Point(1, 7, "100 %", "7")])
    >>> drawn.count("<circle"), "100 %" in drawn
    (2, True)
    """
    low, high = points[0].x, points[-1].x
    top = max(point.y for point in points) or 1.0
    across, up = (WIDTH - 2 * _MARGIN) / ((high - low) or 1.0), _CURVE_HEIGHT / top
    base = _CURVE_HEIGHT + 22
    places = [(_MARGIN + across * (point.x - low), base - up * point.y) for point in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts = [
        Markup('<path class="whisker" d="M0 {0}H{1}"/>').format(base, WIDTH),
        Markup('<polyline class="curve" points="{}"/>').format(line),
    ]
    for point, (x, y) in zip(points, places, strict=True):
        parts.append(
            Markup(
                '<g><title>{0}: {1}</title><circle class="bar-a" cx="{2:.1f}" cy="{3:.1f}" r="4"/>'
                '<text class="value middle" x="{2:.1f}" y="{4:.1f}">{1}</text>'
                '<text class="name middle" x="{2:.1f}" y="{5}">{0}</text></g>'
            ).format(point.label, point.text, x, y, y - 9, base + 15)
        )
    return _svg(key, title, description, base + 22, parts)


def tiles(key: str, title: str, description: str, areas: Sequence[Area]) -> Markup:
    """Draw equal tiles, three in a row, in the order given."""
    parts = []
    width = WIDTH / _TILES
    for k, area in enumerate(areas):
        x, y = width * (k % _TILES), _TILE_HEIGHT * (k // _TILES)
        name = area.name if len(area.name) <= _LONGEST else area.name[: _LONGEST - 1] + "…"
        parts.append(
            Markup(
                '<g class="{}"><title>{}: {}</title>'
                '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" rx="3"/>'
                '<text class="name" x="{:.1f}" y="{:.1f}">{}</text>'
                '<text class="value" x="{:.1f}" y="{:.1f}">{}</text></g>'
            ).format(
                _class(area), area.name, area.text,
                x + 1, y + 1, width - 2, _TILE_HEIGHT - 2,
                x + 7, y + 18, name, x + 7, y + 36, area.text,
            )
        )  # fmt: skip
    height = _TILE_HEIGHT * -(-len(areas) // _TILES)
    return _svg(key, title, description, height, parts)


def area_map(
    key: str, title: str, description: str, height: float, areas: Sequence[Area]
) -> Markup:
    """Draw areas by their outlines; each says its name and value to a pointer and a reader."""
    parts = [
        Markup('<path class="area {}" d="{}"><title>{}: {}</title></path>').format(
            _class(area), area.path, area.name, area.text
        )
        for area in areas
    ]
    return _svg(key, title, description, height, parts)


def _bar(row: Bar, y: float, scale: float) -> Markup:
    parts = [
        Markup('<text x="0" y="{}">{}</text>').format(y + 13, _shortened(row)),
        Markup('<text class="value end" x="{}" y="{}">{}</text>').format(WIDTH, y + 13, row.text),
    ]
    if row.whole > 0:
        parts.append(_rect("track", y + 18, scale * row.whole))
    parts.append(_rect(f"bar-{row.colour}", y + 18, scale * row.value))
    if row.low is not None and row.high is not None:
        parts.append(
            Markup(
                '<path class="whisker" d="M{0:.1f} {2}V{3}M{0:.1f} {4}H{1:.1f}M{1:.1f} {2}V{3}"/>'
            ).format(scale * row.low, scale * row.high, y + 19, y + 29, y + 24)
        )
    inner = Markup("").join(parts)
    return Markup("<g><title>{}: {}</title>{}</g>").format(row.label, row.text, inner)


def _shortened(row: Bar) -> str:
    room = max(12, 48 - len(row.text))
    return row.label if len(row.label) <= room else row.label[: room - 1] + "…"


def _rect(kind: str, y: float, width: float) -> Markup:
    return Markup('<rect class="{}" x="0" y="{}" width="{:.1f}" height="12"/>').format(
        kind, y, max(width, 0.0)
    )


def _class(area: Area) -> str:
    return "withheld" if area.number < 0 else f"shade{area.number}"


def _svg(key: str, title: str, description: str, height: float, parts: Sequence[Markup]) -> Markup:
    head = Markup(
        '<svg role="img" viewBox="0 0 {0} {1:.0f}" aria-labelledby="{2}-title {2}-desc">'
        '<title id="{2}-title">{3}</title><desc id="{2}-desc">{4}</desc>'
    ).format(WIDTH, max(height, 1), escape(key), title, description)
    return head + Markup("").join(parts) + Markup("</svg>")
