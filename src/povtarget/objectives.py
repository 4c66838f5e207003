"""What a plan should achieve: objectives, overlap, and evenness between areas."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Literal, get_args

from povtarget.errors import Fault, InputError
from povtarget.sayings import either

Grouping = Literal["need", "agency", "any"]
Priority = str | Mapping[str, float] | None


@dataclass(frozen=True)
class FGT:
    """Expected fall of the Foster-Greer-Thorbecke sum.

    Parameters
    ----------
    alpha
        0 counts persons below the line, 1 sums their shortfall as a share of the line, 2 its
        square (Foster, Greer and Thorbecke 1984, doi:10.2307/1913475).
    priority
        Positive multipliers of households: a column, or a mapping from household_id (others
        count 1).

    Examples
    --------
    >>> FGT(1).label
    'poverty gap'
    """

    alpha: int
    _: KW_ONLY
    priority: Priority = None

    def __post_init__(self) -> None:
        if self.alpha not in (0, 1, 2):
            raise InputError(
                [
                    Fault(
                        "unknown poverty measure",
                        "objective",
                        column="alpha",
                        value=str(self.alpha),
                        expected="0, 1 or 2",
                    )
                ]
            )

    @property
    def label(self) -> str:
        """Name for people."""
        return ("headcount", "poverty gap", "severity")[self.alpha]


@dataclass(frozen=True)
class Headcount(FGT):
    """Persons lifted to the line: ``FGT(0)``.

    On its own it tops up those nearest to the line and leaves money that can lift nobody; let
    `PovertyGap` follow it.
    """

    alpha: int = field(default=0, init=False)


@dataclass(frozen=True)
class PovertyGap(FGT):
    """Closed shortfall, in persons times the share of the line: ``FGT(1)``."""

    alpha: int = field(default=1, init=False)


@dataclass(frozen=True)
class Severity(FGT):
    """Closed squared shortfall, which weighs the poorest most: ``FGT(2)``."""

    alpha: int = field(default=2, init=False)


@dataclass(frozen=True)
class UnmetNeed:
    """Households whose stated need no program or receipt served before.

    A household states a need where it is eligible for a program that serves it. Each household
    and need counts once, times the household's weight, so that households with the same need
    count alike: let `povtarget.likelier_first` say who comes first where places are fewer.

    Parameters
    ----------
    needs
        Which needs; None: those of programs whose benefit is no consumption this year:
        conversion or benefit 0 (insurance, sanitation, guidance), or a delay (training).
    priority
        As in `FGT`.
    """

    _: KW_ONLY
    needs: tuple[str, ...] | None = None
    priority: Priority = None

    @property
    def label(self) -> str:
        """Name for people."""
        return "unmet need"


Objective = FGT | UnmetNeed


@dataclass(frozen=True)
class Overlap:
    """How duplicates are counted, priced and limited.

    A duplicate is a program beyond the first of the same group in one household.

    Parameters
    ----------
    by
        Groups are needs, agencies, or all programs together ("any").
    weight
        Objective units that each duplicate costs at the first level.
    limit
        Most new duplicates (times household weights); None for no limit.

    Examples
    --------
    >>> Overlap(by="agency", limit=100).weight
    0.0
    """

    by: Grouping = "need"
    _: KW_ONLY
    weight: float = 0.0
    limit: float | None = None

    def __post_init__(self) -> None:
        faults = []
        if self.by not in get_args(Grouping):
            faults.append(
                Fault(
                    "unknown grouping",
                    "overlap",
                    column="by",
                    value=str(self.by),
                    expected=either(get_args(Grouping)),
                )
            )
        for column in ("weight", "limit"):
            value = getattr(self, column)
            if value is not None and not (math.isfinite(value) and value >= 0):
                faults.append(
                    Fault(
                        "not a usable number",
                        "overlap",
                        column=column,
                        value=str(value),
                        expected="a finite number, 0 or more",
                    )
                )
        if faults:
            raise InputError(faults)


@dataclass(frozen=True)
class AreaFloor:
    """In each area the plan closes at least a share of what there was.

    Parameters
    ----------
    by
        Column that names the area.
    share
        sum of v (no priority, no penalties) >= share times the area's FGT sum before, both of
        the first objective.
    """

    _: KW_ONLY
    by: str = "area"
    share: float = 0.3

    def __post_init__(self) -> None:
        if not (math.isfinite(self.share) and 0 <= self.share <= 1):
            raise InputError(
                [
                    Fault(
                        "not a share",
                        "area floor",
                        column="share",
                        value=str(self.share),
                        expected="a number from 0 to 1",
                    )
                ]
            )
