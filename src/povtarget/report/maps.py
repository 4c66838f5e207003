"""Outlines of areas from a GeoJSON file, matched to the names of areas by spelling alone."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from povtarget.errors import Fault, InputError, nearest
from povtarget.sayings import said

Ring = tuple[tuple[float, float], ...]

_FINEST = 0.6  # units of the drawing between two points that are told apart


@dataclass(frozen=True)
class Outline:
    """One area: its texts by property, and its rings of (longitude, latitude)."""

    properties: Mapping[str, str]
    rings: tuple[Ring, ...]


@dataclass(frozen=True)
class AreaMap:
    """Outlines of areas. Made by `read_map`."""

    outlines: tuple[Outline, ...]
    source: str

    def matched(self, areas: Iterable[str]) -> dict[str, Outline]:
        """The outline of each area that has one, by the property that names most of them.

        Case, spaces and punctuation do not matter: "Kandangpanjang" is "Kandang Panjang".

        Raises
        ------
        InputError
            Where no more than half of the areas are on the map, with every missing one.
        """
        wanted = {_spelling(area): area for area in areas}
        names = sorted({name for outline in self.outlines for name in outline.properties})
        found: dict[str, Outline] = {}
        for name in names:
            by_name = {_spelling(o.properties.get(name, "")): o for o in self.outlines}
            here = {area: by_name[key] for key, area in wanted.items() if key in by_name}
            found = here if len(here) > len(found) else found
        missing = sorted(set(wanted.values()) - set(found))
        if missing and 2 * len(missing) >= len(wanted):
            known = {text for o in self.outlines for text in o.properties.values()}
            raise InputError(
                Fault(
                    "no outline for this area",
                    self.source,
                    column="area",
                    value=area,
                    expected=nearest(area, known) or "a feature with its name",
                )
                for area in missing
            )
        return found

    def drawn(self, width: float) -> tuple[dict[int, str], float]:
        """SVG paths of all outlines by position, and the height of the drawing.

        Equirectangular: right to a part in ten thousand over the extent of a city.
        """
        points = [point for outline in self.outlines for ring in outline.rings for point in ring]
        west, east = min(x for x, _ in points), max(x for x, _ in points)
        south, north = min(y for _, y in points), max(y for _, y in points)
        flat = math.cos(math.radians((south + north) / 2))
        scale = width / max((east - west) * flat, (north - south) / 1.3, 1e-9)
        shift = (width - (east - west) * flat * scale) / 2

        def placed(point: tuple[float, float]) -> tuple[float, float]:
            return (point[0] - west) * flat * scale + shift, (north - point[1]) * scale

        paths = {
            number: "".join(_path([placed(p) for p in ring]) for ring in outline.rings)
            for number, outline in enumerate(self.outlines)
        }
        return paths, (north - south) * scale


def read_map(path: str | PathLike[str]) -> AreaMap:
    """Read outlines from a GeoJSON file of polygons (RFC 7946).

    Raises
    ------
    InputError
        With every fault: no JSON, no features, features that are no polygons.
    """
    file = Path(path)
    try:
        content = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError([Fault("the file cannot be read", file.name)]) from error
    except ValueError as error:
        raise InputError(
            [Fault("this is not JSON", file.name, expected="a GeoJSON file of polygons")]
        ) from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features:
        raise InputError(
            [Fault("no features", file.name, expected="a FeatureCollection of polygons")]
        )
    faults: list[Fault] = []
    outlines = [_outline(f, k, file.name, faults) for k, f in enumerate(features, start=1)]
    if faults:
        raise InputError(faults)
    return AreaMap(tuple(o for o in outlines if o is not None), file.name)


def _outline(feature: Any, number: int, source: str, faults: list[Fault]) -> Outline | None:
    try:
        geometry, properties = feature["geometry"], feature.get("properties") or {}
        nested = geometry["coordinates"]
        polygons = {"Polygon": [nested], "MultiPolygon": nested}[geometry["type"]]
        rings = tuple(
            tuple((float(point[0]), float(point[1])) for point in ring)
            for polygon in polygons
            for ring in polygon
        )
        if not rings or not all(_is_usable(ring) for ring in rings):
            raise ValueError("ring")
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        faults.append(
            Fault(
                said("feature {number} is no polygon of longitudes and latitudes", number=number),
                source,
                expected="Polygon or MultiPolygon in degrees",
            )
        )
        return None
    texts = {str(name): value for name, value in properties.items() if isinstance(value, str)}
    return Outline(texts, rings)


def _is_usable(ring: Ring) -> bool:
    return len(ring) >= 3 and all(abs(x) <= 180 and abs(y) <= 90 for x, y in ring)


def _path(points: Sequence[tuple[float, float]]) -> str:
    kept = list(_thinned(points))
    steps = " ".join(f"{x:.1f} {y:.1f}" for x, y in kept[1:])
    return f"M{kept[0][0]:.1f} {kept[0][1]:.1f}L{steps}Z"


def _thinned(points: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Points farther apart than can be seen; the first and two more always."""
    last, always = points[0], {0, len(points) // 3, 2 * len(points) // 3}
    for number, point in enumerate(points):
        if number in always or math.dist(point, last) >= _FINEST:
            yield point
            last = point


def _spelling(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if letter.isalnum())
