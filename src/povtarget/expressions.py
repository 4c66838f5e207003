"""Safe expressions over household columns: ``elderly > 0 and decile <= 4``.

The language is column names, numbers, quoted text, ``+ - * /``, comparisons (chained too),
``and or not``, ``in (...)`` and parentheses, with Python's precedence and meaning; the result
is Boolean. Nothing else exists, so an expression can never run code, reach an attribute or
hang. `povtarget.expression_parsing` makes steps of the text, and a stack machine runs them on
whole columns. Numbers are float64, those beyond it refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError, nearest
from povtarget.expression_parsing import LITERALS, MOST_FAULTS, Parser, Token, fault_at, tokens_of
from povtarget.sayings import every, said


@dataclass(frozen=True)
class Expression:
    """A condition on households; ``columns`` are those it uses, equal texts are equal.

    Examples
    --------
    >>> sorted(Expression("18 <= age < 60 and area in ('Bendan', 'Medono')").columns)
    ['age', 'area']
    """

    text: str
    columns: frozenset[str] = field(init=False, compare=False, repr=False)
    _steps: tuple[Token, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        steps = Parser(self.text).parse()
        names = frozenset(step.value for step in steps if step.code == "column")
        _Machine(self.text, dict.fromkeys(names, _Value("any")), None, []).run(steps)
        object.__setattr__(self, "columns", names)
        object.__setattr__(self, "_steps", steps)

    def __str__(self) -> str:
        return self.text

    @property
    def clauses(self) -> tuple[Expression, ...]:
        """The conditions that must all hold: the expression split at its outermost ``and``.

        A clause may rely on those before it, as the second of ``size > 0 and rooms / size < 1``
        does: evaluate it on rows where the earlier ones hold.

        Examples
        --------
        >>> [str(clause) for clause in Expression("(a > 1 or b) and (not c and d < 2)").clauses]
        ['a > 1 or b', 'not c', 'd < 2']
        """
        tokens = tokens_of(self.text)
        depths = list(accumulate((token.code == "(") - (token.code == ")") for token in tokens))
        around = min(depths[:-2], default=0)  # 1 where one pair of parentheses is around all
        outer = [token for token, depth in zip(tokens, depths, strict=True) if depth == around]
        has_or = any(token.code == "or" for token in outer)
        cuts = [token.at for token in outer if token.code == "and" and not has_or]
        if not cuts and not around:
            return (self,)
        starts = [tokens[around].at, *(cut + len("and") for cut in cuts)]
        stops = [*cuts, tokens[-1 - around].at]
        parts = [self.text[start:stop] for start, stop in zip(starts, stops, strict=True)]
        return tuple(clause for part in parts for clause in Expression(part.strip()).clauses)

    def evaluate(self, columns: Mapping[str, NDArray[Any]]) -> NDArray[np.bool_]:
        """Say for each row of the columns, arrays by name, whether the condition holds.

        As in Python, ``and`` and ``or`` ignore their right side where the left one decides, so
        ``size > 0 and rooms / size < 1`` never divides by zero.

        Raises
        ------
        InputError
            With every fault: unknown columns, missing values in those that are used, text in
            arithmetic, a result that is not Boolean, division by zero, overflow.

        Examples
        --------
        >>> columns = {"elderly": np.array([0, 1, 2]), "decile": np.array([1, 2, 5])}
        >>> Expression("elderly > 0 and decile <= 4").evaluate(columns)
        array([False,  True, False])
        """
        rows, faults = next((len(columns[name]) for name in columns), 0), list[Fault]()
        with np.errstate(all="ignore"):
            used = {name: _column(name, columns, rows, faults) for name in sorted(self.columns)}
            machine = _Machine(self.text, used, None if faults else rows, faults)
            return np.array(np.broadcast_to(machine.run(self._steps), rows), dtype=np.bool_)


def parse_expression(text: str) -> Expression:
    """Return the expression that ``text`` says; `InputError` says where it fails, and why.

    Examples
    --------
    >>> parse_expression("decile = 4")
    Traceback (most recent call last):
    povtarget.errors.InputError: 1 problem in the input
      - unexpected '=' at position 8 (value 'decile = 4'; expected '==' to compare)
    """
    return Expression(text)


def _is_in(data: Any, values: frozenset[Any]) -> Any:
    if data.dtype == object:
        return np.fromiter(map(values.__contains__, data.ravel().tolist()), np.bool_)
    return np.isin(data, list(values))


_ARITHMETIC, _LOGIC = ("+", "-", "*", "/", "-x"), ("and", "or", "not", "result")
_OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "-x": np.negative,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
    "result": np.array,
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "in": _is_in,
    "not in": lambda data, values: ~_is_in(data, values),
}


class _Value(NamedTuple):  # a column, a literal or a result in between
    kind: str  # "number", "boolean" or "text"; "any" where it is not known
    data: Any = None
    name: str = ""

    def __str__(self) -> str:
        kind = said(self.kind)
        return said("{kind} '{name}'", kind=kind, name=self.name) if self.name else kind


def _misfits(code: str, operands: list[_Value]) -> Iterator[tuple[str, str]]:
    """What is wrong with the kinds of the operands, and what is expected."""
    texts = [value for value in operands if value.kind == "text"]
    if code in _ARITHMETIC:
        yield from ((said("arithmetic on {value}", value=value), "a number") for value in texts)
    elif code in _LOGIC:
        yield from (
            (
                said("{value} where a condition is needed", value=value),
                "a comparison, such as x > 0",
            )
            for value in operands
            if value.kind in ("number", "text")
        )
    elif texts and any(value.kind in ("number", "boolean") for value in operands):
        yield (
            said("{one} compared with {other}", one=operands[0], other=operands[1]),
            "text with text, number with number",
        )
    elif texts and code in ("<", "<=", ">", ">="):
        yield (
            said("'{code}' on {value}, which has no order", code=code, value=texts[0]),
            "'==', '!=' or 'in (...)'",
        )


@dataclass
class _Machine:
    """Runs steps on a stack of whole columns; where ``rows`` is None it only checks kinds."""

    text: str
    columns: Mapping[str, _Value]
    rows: int | None
    faults: list[Fault]
    stack: list[_Value] = field(default_factory=list)
    guards: list[tuple[Any, bool]] = field(default_factory=list)

    def run(self, steps: tuple[Token, ...]) -> Any:
        """Return the result; raise the faults known before and those found here."""
        for code, value, at in steps:
            if code == "column":
                self.stack.append(self.columns[value])
            elif code in LITERALS:
                self.stack.append(_Value(code, value))
            elif code == "guard":  # what follows counts only where the left side is `value`
                self.guards.append((self.stack[-1].data, value))
            elif code == "save":
                saved = self.stack[-1]
            elif code == "load":
                self.stack.append(saved)
            else:
                self._apply(code, at)
        if self.faults:
            raise InputError(self.faults)
        return self.stack[0].data

    def _apply(self, code: str, at: int) -> None:
        is_unary = code in ("-x", "not", "result")
        operands = [self.stack.pop() for _ in range(2 - is_unary)][::-1]
        for message, expected in _misfits(code, operands):
            self.faults.append(fault_at(message, self.text, at, expected))
            self.rows = None
        if code in ("and", "or"):
            self.guards.pop()
        result = None
        if self.rows is not None:
            data = [operand.data for operand in operands]
            if code in _ARITHMETIC:
                data = [np.asarray(values, dtype=np.float64) for values in data]
            result = _OPERATIONS[code](*data)
            if code in _ARITHMETIC and not np.isfinite(result).all():
                result = self._finite(result, at, (data[-1] == 0) & (code == "/"))
        self.stack.append(_Value("number" if code in _ARITHMETIC else "boolean", result))

    def _finite(self, result: Any, at: int, is_by_zero: Any) -> Any:
        """Refuse what is not finite in a row that counts; put any number in the others."""
        bad = np.broadcast_to(~np.isfinite(result), self.rows or 0)
        for data, wanted in self.guards:
            bad = bad & (data == wanted)
        for message, here in (
            ("division by zero", bad & is_by_zero),
            ("a number too large", bad & ~is_by_zero),
        ):
            if here.any():
                self.faults.append(fault_at(_where(message, here), self.text, at))
        return np.where(np.isfinite(result), result, 1.0)


def _where(message: str, bad: NDArray[np.bool_]) -> str:
    template = (
        "{message} in {count:_} rows (the first at index {first})"
        if bad.sum() > 1
        else "{message} in {count:_} row (the first at index {first})"
    )
    return said(template, message=said(message), count=bad.sum(), first=bad.argmax())


def _is_missing(value: Any) -> bool:
    try:
        return value is None or bool(value != value)  # NaN and NaT differ from themselves
    except (TypeError, ValueError, ArithmeticError):  # pandas' NA will not say
        return True


# Kinds with the dtype that holds them, and the types of their values; "any" has no value.
_KINDS = (
    ("any", object, ()),
    ("text", object, str),
    ("boolean", np.bool_, (bool, np.bool_)),
    ("number", np.float64, (Real, Decimal, np.bool_)),
)


def _column(name: str, columns: Mapping[str, Any], rows: int, faults: list[Fault]) -> _Value:
    """A column as float64, bool or objects that are all str; report what it cannot be."""

    def refuse(message: str, expected: str) -> _Value:
        faults.append(Fault(message, column=name, expected=expected or None))
        return _Value("any", None, name)

    if name not in columns:
        return refuse(
            "no such column",  # a hint for each of thousands would take minutes
            nearest(name, columns) if len(faults) < MOST_FAULTS else "",
        )
    values = np.asarray(columns[name])
    if values.shape != (rows,):
        return refuse(
            said("an array of shape {shape}", shape=values.shape),
            said("({rows},) as the first column has", rows=rows),
        )
    is_plain = values.dtype.kind in "biuf"
    if not is_plain and values.dtype != object:
        values = np.fromiter(values, object, rows)
    types = {values.dtype.type} if is_plain else set(map(type, values.tolist()))
    if not all(issubclass(found, (str, Integral, np.bool_)) for found in types):
        missing = np.isnan(values) if is_plain else np.fromiter(map(_is_missing, values), bool)
        if missing.any():
            refuse(_where("missing", missing), "a value in every row")
            values = values[~missing]
            types = set(map(type, values.tolist()))
    is_whole = any(issubclass(found, Integral) for found in types)
    limit = 2**53 if is_whole else float(np.finfo(np.float64).max)  # 2**53 + 1 is no float64
    for kind, dtype, allowed in _KINDS:
        if all(issubclass(found, allowed) for found in types):
            if kind == "number" and not (
                -limit <= values.min(initial=0) and values.max(initial=0) <= limit
            ):
                return refuse("a number too large to be exact", "less, or text for a code")
            return _Value(kind, values.astype(dtype, copy=False), name)
    named = every(sorted(found.__name__ for found in types))
    return refuse(said("values of type {types}", types=named), "numbers, texts or Booleans")
