"""Safe expressions over household columns: ``elderly > 0 and decile <= 4``.

The language is column names, numbers, quoted text, ``+ - * /``, comparisons (chained too),
``and or not``, ``in (...)`` and parentheses, with Python's precedence and meaning; the result
is Boolean. Nothing else exists, so an expression can never run code, reach an attribute or
hang. Text becomes tokens, these become steps in postfix order (Dijkstra's shunting yard), and a
stack machine runs the steps on whole columns. Numbers are float64, those beyond it refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from numbers import Integral, Real
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError, masked, nearest

MOST_CHARACTERS = 1_000_000  # a longer expression is refused
MOST_NESTED = 100  # so are more parentheses and operators that are open at one place
_MOST_FAULTS = 25


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
    _steps: tuple[_Token, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        steps = _Parser(self.text).parse()
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
        tokens = _tokens(self.text)
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


class _Token(NamedTuple):  # of the text, or a step of the machine
    code: str  # an operator ("-x" is the sign), a kind of literal, or what `_Machine.run` says
    value: Any
    at: int


# A number takes every letter that touches it, so that 12abc, 0x1F or 1.500.000 is one mistake
# and not two tokens. No group can match the same text in two ways, so matching is linear.
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<number>\.?[0-9](?:(?<=[eE])[+-](?=[0-9])|[\w.])*)
    | (?P<operator>not\s+in\b|(?:and|or|not|in)\b|[=!<>]=|<(?!>)|\*(?!\*)|/(?!/)|[-+>(),])
    | (?P<column>[^\W\d]\w*)
    | (?P<text>'[^'\\\x00-\x1f]*'|"[^"\\\x00-\x1f]*")""",
    re.VERBOSE,
)
_D = r"[0-9]+(?:_[0-9]+)*"
_NUMBER = re.compile(rf"(?!0[0-9_])(?=.{{1,64}}$)({_D}\.?|({_D})?\.{_D})([eE][+-]?{_D})?")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+")
_LITERALS: dict[str, Callable[[str], Any]] = {
    "number": np.float64,
    "column": str,
    "text": lambda word: np.array(word[1:-1], object),
}
_QUOTES = "'\"“”„‘’‚«»`´"
# What people write from other languages: Python, C, spreadsheets, SQL, Word, Indonesian.
_HINTS = {
    mark: hint
    for marks, hint in (
        (" ".join(_QUOTES), "text in straight quotes on one line, without backslash"),
        ("− – —", "'-'"),
        ("×", "'*'"),
        ("÷ //", "'/'"),
        ("** ^", "'*'; there are no powers"),
        ("≤ =<", "'<='"),
        ("≥ =>", "'>='"),
        ("≠ <>", "'!='"),
        ("= :=", "'==' to compare"),
        ("& && and dan", "'and'"),
        ("| || or atau", "'or'"),
        ("! ~ ¬", "'not', or '!=' to compare"),
        ("not bukan tidak", "'not' first, or 'not in (...)'"),
        ("in", "'in (...)'"),
        ("is like", "'=='"),
        ("between", "a chain: 18 <= age < 60"),
        ("%", "a share such as 0.5"),
        (".", "a decimal such as 0.5; nothing has attributes"),
        ("[ ] { }", "round parentheses"),
        (",", "12.5 for a decimal, 550_000 for thousands; commas are for lists"),
        ("(", "such as 'and' before '('; nothing can be called"),
    )
    for mark in marks.split()
}


def _fault(message: str, text: str, at: int, expected: str | None = None) -> Fault:
    """A fault at a position, with the text around it; ``masked`` sees more than is shown."""
    start = max(at - 40, 0)
    shown = masked(text[start : at + 40])[max(at - 12, 0) - start : at + 20 - start]
    value = "".join(mark if mark.isprintable() else "?" for mark in shown)
    return Fault(f"{message} at position {at + 1}", value=value or None, expected=expected)


def _tokens(text: str) -> list[_Token]:
    """Split the text; raise the faults of all its characters, names and numbers together."""
    tokens, faults, at = list[_Token](), list[Fault](), 0
    while at < len(text) and len(faults) < _MOST_FAULTS:
        match = _TOKEN.match(text, at)
        if match is None:
            word = text[at : at + 2] if text[at : at + 2] in _HINTS else text[at]
            faults.append(_fault(f"unexpected {word!r}", text, at, _HINTS.get(word)))
            at = len(text) if word in _QUOTES else at + len(word)  # a quote may end nowhere
            continue
        kind, end = str(match.lastgroup), match.end()
        while kind == "column" and end < len(text) and ("_" + text[end]).isidentifier():
            end += 1  # the combining marks of many scripts are no \w
        word = text[at:end]
        if hint := _hint(kind, word):
            faults.append(_fault(f"{masked(word[:30])!r} is not usable", text, at, hint))
        elif kind == "operator":
            tokens.append(_Token(" ".join(word.split()), None, at))
        elif kind != "space":
            tokens.append(_Token(kind, _LITERALS[kind](word), at))
        at = end
    if faults:
        raise InputError(faults)
    return [*tokens, _Token("end", None, len(text))]


def _hint(kind: str, word: str) -> str:
    """What to write in place of a name or a number; an empty text where it is usable."""
    if kind == "column":
        is_name = word.isidentifier() and not word.startswith("__")
        is_constant = word.casefold() in ("true", "false", "none", "null")
        return "" if is_name and not is_constant else "a column name; 'x' for 'x == True'"
    if kind != "number":
        return ""
    if _THOUSANDS.fullmatch(word):
        # 550.000 is 550 thousand in Indonesia and 550 here: better ask than be wrong by 1000.
        return f"{word.replace('.', '_')} for thousands, one more 0 for a decimal"
    if not _NUMBER.fullmatch(word):
        return "a number such as 550_000, 12.5 or 1e6; quotes around a code"
    value, whole, mantissa = float(word), word.replace("_", ""), re.split("[eE]", word)[0]
    is_lost = (
        value == np.inf
        or (value == 0 and mantissa.strip("0._") != "")
        or (whole.isdigit() and value != int(whole))
    )
    return "a number that a float64 holds; quotes around a code" if is_lost else ""


_LEVELS = {
    "(": 0,
    "or": 1,
    "and": 2,
    "not": 3,
    "in": 4,
    "not in": 4,
    "==": 4,
    "!=": 4,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "-x": 7,
}
_AND, _NOT, _COMPARISON = 2, 3, 4


class _Parser:
    """Turns tokens into steps in postfix order, with a stack of operators that wait."""

    def __init__(self, text: str) -> None:
        if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
            raise InputError(
                [
                    Fault(
                        "not an expression",
                        value=str(text)[:30],
                        expected=f"text, {MOST_CHARACTERS:_} characters at most",
                    )
                ]
            )
        self.text = text
        self.tokens = iter(_tokens(text))
        self.token = self.before = _Token("end", None, 0)
        self.steps: list[_Token] = []
        self.waiting = [_Token("(", False, 0)]

    def parse(self) -> tuple[_Token, ...]:
        self._operand()
        while self._operator():
            self._operand()
        return (*self.steps, _Token("result", None, 0))

    def _next(self) -> str:
        self.before, self.token = self.token, next(self.tokens)
        return self.token.code

    def _refuse(self, message: str, expected: str) -> NoReturn:
        raise InputError([_fault(message, self.text, self.token.at, expected)])

    def _operand(self) -> None:
        """Read what may stand before an operand, and the operand."""
        if self.waiting[-1].code in ("in", "not in"):
            self._list()
            return
        while (code := self._next()) in ("(", "not", "-"):
            if code == "not" and self._level() > _NOT:
                self._refuse("'not' after an operator", "parentheses around 'not ...'")
            if len(self.waiting) > MOST_NESTED:
                self._refuse("too deeply nested", f"{MOST_NESTED} open ( and operators at most")
            self.waiting.append(_Token("-x" if code == "-" else code, False, self.token.at))
        if code not in _LITERALS:
            self._refuse("something is missing", "a column, a number or a quoted text")
        self.steps.append(self.token)

    def _list(self) -> None:
        """Read the right side of ``in``: literals in parentheses, all numbers or all texts."""
        at, values = self.token.at, list[float | str]()
        if self._next() != "(":
            self._refuse("a list is missing", "parentheses, as in: area in ('A', 'B')")
        while self.token.code != ")" and (self._next() != ")" or not values):
            sign = self.token.code == "-" and self._next()
            if self.token.code not in ("number", "text") or sign == "text":
                self._refuse("not a number or a text in a list", "literals with commas between")
            values.append((-self.token.value if sign else self.token.value).item())
            if self._next() not in (",", ")"):
                self._refuse("a comma is missing in a list", "',' or ')'")
        if len(set(map(type, values))) > 1:
            self._refuse("numbers and texts in one list", "one or the other")
        kind = "text" if isinstance(values[0], str) else "number"
        self.steps.append(_Token(kind, frozenset(values), at))

    def _operator(self) -> bool:
        """Read what may stand after an operand, and one operator; False at the end."""
        while (code := self._next()) in ("end", ")"):
            self._reduce(_LEVELS["or"])
            if (len(self.waiting) > 1) != (code == ")"):
                self._refuse("a parenthesis is missing", "as many '(' as ')'")
            if code == "end":
                return False
            self.waiting.pop()
        if code not in _OPERATIONS or code == "not":
            near = [str(word).casefold() for word in (self.before.value, self.token.value)]
            hints = [_HINTS[word] for word in (*near, code) if word in _HINTS]
            self._refuse("an operator is missing", (hints or ["one, such as 'and' or '=='"])[0])
        if _LEVELS[code] > _AND and self.waiting[-1].code in ("in", "not in"):
            self._refuse("an operator after a list", "'and', 'or' or the end")
        self._binary(code, _LEVELS[code], self.token.at)
        return True

    def _binary(self, code: str, level: int, at: int) -> None:
        """Let an operator wait for its right side, once what binds more tightly is done."""
        self._reduce(level + 1)
        is_chained = self._level() == level == _COMPARISON
        # a < b < c means a < b and b < c: save b, compare, and load b again.
        self.steps += [_Token("save", None, at)] * is_chained
        self._reduce(level)
        self.steps += [_Token("guard", code != "or", at)] * (is_chained or level <= _AND)
        self.steps += [_Token("load", None, at)] * is_chained
        self.waiting.append(_Token(code, is_chained, at))

    def _reduce(self, level: int) -> None:
        """Emit the waiting operators of this level and above."""
        while self._level() >= level:
            code, is_chained, at = self.waiting.pop()
            self.steps += [_Token(code, None, at), _Token("and", None, at)][: 1 + is_chained]

    def _level(self) -> int:
        return _LEVELS[self.waiting[-1].code]


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
        return f"{self.kind} '{self.name}'" if self.name else self.kind


def _misfits(code: str, operands: list[_Value]) -> Iterator[tuple[str, str]]:
    """What is wrong with the kinds of the operands, and what is expected."""
    texts = [value for value in operands if value.kind == "text"]
    if code in _ARITHMETIC:
        yield from ((f"arithmetic on {value}", "a number") for value in texts)
    elif code in _LOGIC:
        yield from (
            (f"{value} where a condition is needed", "a comparison, such as x > 0")
            for value in operands
            if value.kind in ("number", "text")
        )
    elif texts and any(value.kind in ("number", "boolean") for value in operands):
        yield f"{operands[0]} compared with {operands[1]}", "text with text, number with number"
    elif texts and code in ("<", "<=", ">", ">="):
        yield f"'{code}' on {texts[0]}, which has no order", "'==', '!=' or 'in (...)'"


@dataclass
class _Machine:
    """Runs steps on a stack of whole columns; where ``rows`` is None it only checks kinds."""

    text: str
    columns: Mapping[str, _Value]
    rows: int | None
    faults: list[Fault]
    stack: list[_Value] = field(default_factory=list)
    guards: list[tuple[Any, bool]] = field(default_factory=list)

    def run(self, steps: tuple[_Token, ...]) -> Any:
        """Return the result; raise the faults known before and those found here."""
        for code, value, at in steps:
            if code == "column":
                self.stack.append(self.columns[value])
            elif code in _LITERALS:
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
            self.faults.append(_fault(message, self.text, at, expected))
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
                self.faults.append(_fault(f"{message} {_where(here)}", self.text, at))
        return np.where(np.isfinite(result), result, 1.0)


def _where(bad: NDArray[np.bool_]) -> str:
    return f"in {bad.sum():_} row{'s' * int(bad.sum() > 1)} (the first at index {bad.argmax()})"


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
            nearest(name, columns) if len(faults) < _MOST_FAULTS else "",
        )
    values = np.asarray(columns[name])
    if values.shape != (rows,):
        return refuse(f"an array of shape {values.shape}", f"({rows},) as the first column has")
    is_plain = values.dtype.kind in "biuf"
    if not is_plain and values.dtype != object:
        values = np.fromiter(values, object, rows)
    types = {values.dtype.type} if is_plain else set(map(type, values.tolist()))
    if not all(issubclass(found, (str, Integral, np.bool_)) for found in types):
        missing = np.isnan(values) if is_plain else np.fromiter(map(_is_missing, values), bool)
        if missing.any():
            refuse(f"missing {_where(missing)}", "a value in every row")
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
    named = " and ".join(sorted(found.__name__ for found in types))
    return refuse(f"values of type {named}", "numbers, texts or Booleans")
