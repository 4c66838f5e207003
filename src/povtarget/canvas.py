"""Where pictures are drawn: matplotlib is an extra, asked for only when something is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from povtarget.errors import PovtargetError

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def axes_or_new(ax: Axes | None, size: tuple[float, float] | None = None) -> Axes:
    """Return the given axes, or those of a new figure of this size (inches).

    Raises
    ------
    PovtargetError
        Where matplotlib is not installed.
    """
    if ax is not None:
        return ax
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise PovtargetError('drawing needs matplotlib: pip install "povtarget[plot]"') from error
    axes: Axes = plt.subplots(figsize=size, layout="constrained")[1]
    return axes
