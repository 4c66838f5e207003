"""Text of an expression to steps in postfix order: tokens, and Dijkstra's shunting yard.

What is no expression is said with its position and what was probably meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

import numpy as np

from povtarget.errors import Fault, InputError, masked
from povtarget.sayings import said

MOST_CHARACTERS = 1_000_000  # a longer expression is refused
MOST_NESTED = 100  # so are more parentheses and operators that are open at one place
MOST_FAULTS = 25


class Token(NamedTuple):
    """A token of the text, or a step of the machine that runs it.

    ``code`` is an operator ("-x" is the sign), a kind of literal, or an order to the machine:
    "guard", "save", "load" or "result".
    """

    code: str
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
LITERALS: dict[str, Callable[[str], Any]] = {
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


def fault_at(message: str, text: str, at: int, expected: str | None = None) -> Fault:
    """A fault at a position, with the text around it; ``masked`` sees more than is shown."""
    start = max(at - 40, 0)
    shown = masked(text[start : at + 40])[max(at - 12, 0) - start : at + 20 - start]
    value = "".join(mark if mark.isprintable() else "?" for mark in shown)
    return Fault(
        said("{message} at position {at}", message=said(message), at=at + 1),
        value=value or None,
        expected=expected,
    )


def tokens_of(text: str) -> list[Token]:
    """Split the text; raise the faults of all its characters, names and numbers together."""
    tokens, faults, at = list[Token](), list[Fault](), 0
    while at < len(text) and len(faults) < MOST_FAULTS:
        match = _TOKEN.match(text, at)
        if match is None:
            word = text[at : at + 2] if text[at : at + 2] in _HINTS else text[at]
            faults.append(
                fault_at(said("unexpected {word!r}", word=word), text, at, _HINTS.get(word))
            )
            at = len(text) if word in _QUOTES else at + len(word)  # a quote may end nowhere
            continue
        kind, end = str(match.lastgroup), match.end()
        while kind == "column" and end < len(text) and ("_" + text[end]).isidentifier():
            end += 1  # the combining marks of many scripts are no \w
        word = text[at:end]
        if hint := _hint(kind, word):
            faults.append(
                fault_at(said("{word!r} is not usable", word=masked(word[:30])), text, at, hint)
            )
        elif kind == "operator":
            tokens.append(Token(" ".join(word.split()), None, at))
        elif kind != "space":
            tokens.append(Token(kind, LITERALS[kind](word), at))
        at = end
    if faults:
        raise InputError(faults)
    return [*tokens, Token("end", None, len(text))]


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
        return said("{word} for thousands, one more 0 for a decimal", word=word.replace(".", "_"))
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
_BINARY = _LEVELS.keys() - {"(", "not", "-x"}


class Parser:
    """Turns tokens into steps in postfix order, with a stack of operators that wait."""

    def __init__(self, text: str) -> None:
        if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
            raise InputError(
                [
                    Fault(
                        "not an expression",
                        value=str(text)[:30],
                        expected=said("text, {most:_} characters at most", most=MOST_CHARACTERS),
                    )
                ]
            )
        self.text = text
        self.tokens = iter(tokens_of(text))
        self.token = self.before = Token("end", None, 0)
        self.steps: list[Token] = []
        self.waiting = [Token("(", False, 0)]

    def parse(self) -> tuple[Token, ...]:
        """Return the steps; raise what keeps the text from being an expression."""
        self._operand()
        while self._operator():
            self._operand()
        return (*self.steps, Token("result", None, 0))

    def _next(self) -> str:
        self.before, self.token = self.token, next(self.tokens)
        return self.token.code

    def _refuse(self, message: str, expected: str) -> NoReturn:
        raise InputError([fault_at(message, self.text, self.token.at, expected)])

    def _operand(self) -> None:
        """Read what may stand before an operand, and the operand."""
        if self.waiting[-1].code in ("in", "not in"):
            self._list()
            return
        while (code := self._next()) in ("(", "not", "-"):
            if code == "not" and self._level() > _NOT:
                self._refuse("'not' after an operator", "parentheses around 'not ...'")
            if len(self.waiting) > MOST_NESTED:
                self._refuse(
                    "too deeply nested",
                    said("{most} open ( and operators at most", most=MOST_NESTED),
                )
            self.waiting.append(Token("-x" if code == "-" else code, False, self.token.at))
        if code not in LITERALS:
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
        self.steps.append(Token(kind, frozenset(values), at))

    def _operator(self) -> bool:
        """Read what may stand after an operand, and one operator; False at the end."""
        while (code := self._next()) in ("end", ")"):
            self._reduce(_LEVELS["or"])
            if (len(self.waiting) > 1) != (code == ")"):
                self._refuse("a parenthesis is missing", "as many '(' as ')'")
            if code == "end":
                return False
            self.waiting.pop()
        if code not in _BINARY:
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
        self.steps += [Token("save", None, at)] * is_chained
        self._reduce(level)
        self.steps += [Token("guard", code != "or", at)] * (is_chained or level <= _AND)
        self.steps += [Token("load", None, at)] * is_chained
        self.waiting.append(Token(code, is_chained, at))

    def _reduce(self, level: int) -> None:
        """Emit the waiting operators of this level and above."""
        while self._level() >= level:
            code, is_chained, at = self.waiting.pop()
            self.steps += [Token(code, None, at), Token("and", None, at)][: 1 + is_chained]

    def _level(self) -> int:
        return _LEVELS[self.waiting[-1].code]
