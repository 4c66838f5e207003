"""Arguments of poverty measures: numbers in arrays that fit, or every fault of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from povtarget.errors import Fault, InputError
from povtarget.sayings import foreign, said

Floats = NDArray[np.float64]
Nonpositive = Literal["raise", "omit"]

_RULES: dict[str, tuple[Callable[[Floats], NDArray[np.bool_]], str]] = {
    "welfare": (np.isfinite, "a finite number"),
    "median": (np.isfinite, "a finite number"),
    "transfer": (np.isfinite, "a finite number"),
    "line": (lambda line: np.isfinite(line) & (line > 0), "a finite number above 0"),
    "sigma": (lambda sigma: np.isfinite(sigma) & (sigma >= 0), "a finite number, 0 or more"),
    "weights": (lambda w: np.isfinite(w) & (w >= 0), "a finite number, 0 or more"),
}


def sample(
    weights: ArrayLike | None, more: Iterable[Fault] = (), **arguments: ArrayLike
) -> list[Floats]:
    """Return the arguments and the weights as arrays, or raise with every fault of them."""
    given = {} if weights is None else {"weights": weights}
    named = numbers(**arguments, **given)
    refuse(chain(_shape_faults(named), value_faults(named), more))
    arrays = list(named.values())
    return arrays if given else [*arrays, np.ones(arrays[0].shape)]


def refuse(faults: Iterable[Fault]) -> None:
    """Raise an `InputError` with all faults, where there are any."""
    found = list(faults)
    if found:
        raise InputError(found)


def numbers(**arguments: ArrayLike) -> dict[str, Floats]:
    """Return the arguments as arrays of float64, or raise with every one that has others."""
    named, faults = {}, []
    for source, values in arguments.items():
        try:
            array = np.asarray(values)
            # Text is refused even where it holds digits: it is more likely a code or a NIK.
            if array.dtype.kind not in "biufO":
                raise TypeError
            named[source] = array.astype(np.float64, copy=False)
        except (TypeError, ValueError, OverflowError):
            faults.append(Fault("not numbers", source, expected=_RULES[source][1]))
    refuse(faults)
    return named


def _shape_faults(named: dict[str, Floats]) -> Iterator[Fault]:
    (source, sample), *others = named.items()
    if sample.ndim != 1 or not sample.size:
        yield Fault(
            said("has shape {shape}", shape=sample.shape),
            source,
            expected="one value per observation",
        )
    for source, array in others:
        if array.shape != sample.shape and (array.ndim or source == "weights"):
            yield Fault(
                said("has shape {shape}", shape=array.shape),
                source,
                expected=said("shape {shape}", shape=sample.shape),
            )


def broadcast_faults(named: dict[str, Floats]) -> Iterator[Fault]:
    """Say that shapes do not fit together."""
    try:
        np.broadcast_shapes(*(array.shape for array in named.values()))
    except ValueError as error:
        yield Fault(foreign(error), ", ".join(named), expected="shapes that broadcast together")


def value_faults(named: dict[str, Floats]) -> Iterator[Fault]:
    """Say which arguments have values that their rule does not allow."""
    for source, array in named.items():
        is_right, expected = _RULES[source]
        yield from _faults_where(~is_right(array), source, array, expected)
    if "weights" in named and named["weights"].size and not named["weights"].any():
        yield Fault("all are 0", "weights", expected="a total above 0")
    # Compared with sigma only where it can matter, because the arrays may be long.
    if "median" in named and (named["median"] <= 0).any():
        with suppress(ValueError):  # shapes that do not fit are a fault of their own
            m, s = np.broadcast_arrays(named["median"], named["sigma"])
            expected = "above 0 where sigma is above 0"
            yield from _faults_where((m <= 0) & (s > 0), "median", m, expected)


def _faults_where(
    is_bad: NDArray[np.bool_], source: str, array: Floats, expected: str
) -> Iterator[Fault]:
    """One fault for each rule, however many elements break it."""
    if is_bad.any():
        first, count = int(np.argmax(is_bad)), np.count_nonzero(is_bad)
        message = said(
            "{count:,} of {size:,} values not allowed, the first at index {first}",
            count=count,
            size=array.size,
            first=first,
        )
        value = str(array.flat[first])
        message = message if array.ndim else "not allowed"
        yield Fault(message, source, value=value, expected=expected)


def fault_unless(is_right: bool, source: str, value: object, expected: str) -> Iterator[Fault]:
    """Say that one value is not allowed."""
    if not is_right:
        yield Fault("not allowed", source, value=str(value), expected=expected)


def logarithm_faults(nonpositive: str, welfare: ArrayLike) -> Iterator[Fault]:
    """Say what keeps a logarithm from being taken of welfare."""
    is_choice = nonpositive in get_args(Nonpositive)
    yield from fault_unless(is_choice, "nonpositive", nonpositive, '"raise" or "omit"')
    if nonpositive == "raise":
        x = np.asarray(welfare, dtype=np.float64)
        expected = 'a number above 0, or nonpositive="omit"'
        yield from _faults_where(x <= 0, "welfare", x, expected)
