"""Expressions: the language, its meaning (Python's), what it refuses, and how fast it is."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from povtarget.errors import InputError
from povtarget.expression_parsing import MOST_CHARACTERS, MOST_NESTED
from povtarget.expressions import Expression, parse_expression

COLUMNS = {
    "age": np.array([17, 18, 59, 60]),
    "share": np.array([0.0, 0.25, 0.5, 1.0]),
    "size": np.array([0, 1, 2, 4], dtype=np.int8),
    "widow": np.array([True, False, True, False]),
    "area": np.array(["Bendan", "Medono", "Kauman", "Bendan"], dtype=object),
    "desa": np.array(["Bendan", "Kauman", "Kauman", "Medono"]),
    "kelamin_ᮞ": np.array([1.0, 2.0, 1.0, 2.0]),
}


def rows_of(text: str, columns=COLUMNS) -> list[bool]:
    result = parse_expression(text).evaluate(columns)
    assert result.dtype == np.bool_
    return result.tolist()


def problems(text: str, columns=None) -> str:
    """The message of the InputError that parsing, or else evaluating, must raise."""
    parsed = [] if columns is None else [parse_expression(text)]
    with pytest.raises(InputError) as caught:
        parsed[0].evaluate(columns) if parsed else parse_expression(text)
    assert all(problem.source == "" for problem in caught.value.problems)
    return str(caught.value)


# The rows where it holds, by row of COLUMNS; "TFFT" is the first and the last.
GOOD = {
    "FTTT": [
        "age >= 18",
        "desa in ('Medono', 'Kauman', 'a', 'b', 'c', 'd')",
        "age not in (1, 2, 3, 4, 5, 6, 7, 8, 17)",
    ],
    "FTTF": [
        "18 <= age < 60",
        "60 > age >= 18 != 17",
        "18 <= age < 60 == 60",
        "0 < size < age < 60",
        '"Bendan" != area',
        "area in ('Medono', \"Kauman\",)",
        "(size == 0 or 1 / size > 0) and (size > 0 and 1 / size >= 0.5)",
        "size > 0 and (widow or 1 / size > 0.5)",
    ],
    "TFTF": [
        "widow",
        "not not widow",
        "widow == 1",
        "-widow < 0",
        "widow in (1, 7)",
        "not widow == 0",
        "area == desa",
        "kelamin_ᮞ == 1",
    ],
    "FTFT": ["not widow", "widow < 1", "0 < size in (1, 4)"],
    "TTFT": ["widow == (age < 18)"],
    "FFTF": [
        "widow + (age >= 59) == 2",
        "2 + 3 * size == 8",
        "(2 + 3) * size == 10",
        "-size * -2 == 4",
        "1 - -size == 3",
    ],
    "TFTT": [
        "widow or age == 60 and size == 4",
        "area not \n in ('Medono')",
        "not area in ('Medono')",
    ],
    "FFFT": ["(widow or age == 60) and size == 4"],
    "TTFF": ["not widow and age < 60 or size == 0", "size == 0 or 4 / size == 4"],
    "TFFT": ["area == 'Bendan'", "area not in ('Medono', 'Kauman')", "age in (17, -60, 60.0)"],
    "TTTT": ["'Bendan' in ('Bendan')", "2 in (1, 2)", "age < 1e300 * 1e8", "1 < 2"],
    "FFFF": ["'a' == 'b'", "(((1)) > (2))"],
    "FFTT": ["age + 1 not in (18, 19)", "size*age/2>=59", "share >= .5", "\t age\n>\r\n 18\u00a0"],
    "TFFF": ["age - 1 - 1 == 15", "age - (1 - 1) == 17", "age < 1.8E+1"],
    "FTFF": [
        "share == 25e-2",
        "size > 0 and 4 / size == 4",
        "0 < size < 4 / size",
        "0 < size < 4 / size < 9",
    ],
}


@pytest.mark.parametrize(("marks", "text"), [(key, text) for key in GOOD for text in GOOD[key]])
def test_meaning(marks, text):
    assert rows_of(text) == [mark == "T" for mark in marks]


# What each message must contain, and the texts that must be refused so.
BAD = {
    "missing at position 1 ": ["", "> age", "+5 > age", ")"],
    "missing at position 7 ": ["age > > 1", "widow ) and (age > 1"],
    "something is missing": ["   ", "()", "not", "and", "in", "-", "age >", "a and", "* age"],
    "a parenthesis is missing": ["(age > 1", "age > 1)", "((age > 1)", "(age > 1))"],
    "'==' to compare": ["age = 4", "age := 4", "age === 4"],
    "'and'": ["widow && x", "widow & x", "age > 1 AND widow", "age > 1 dan widow"],
    "'or'": ["widow || x", "widow | x", "age > 1 OR widow", "age > 1 atau widow"],
    "'not'": ["!widow", "~widow", "¬widow"],
    "'not' first, or 'not in (...)'": ["tidak widow", "bukan widow", "NOT widow"],
    "'!='": ["age <> 4", "age ≠ 4", "!(age == 4)"],
    "'<='": ["age =< 4", "age ≤ 4"],
    "'>='": ["age => 4", "age ≥ 4"],
    "'*'": ["age × 4 > 2", "age ** 2 > 2", "age ^ 2 > 2"],
    "'/'": ["age ÷ 4 > 2", "age // 2 > 2"],
    "'-'": ["age – 4 > 2", "age − 4 > 2"],
    "straight quotes on one line, without backslash": [
        "area == ‘Bendan’",
        "area == “Bendan”",
        "area == `Bendan`",
        "area == 'Bendan",
        "area == \"Bendan'",
        "area == 'Jum\\'at'",
        "area == 'a\nb'",
        "area == 'a\x00'",
    ],
    "12.5 for a decimal": ["share > 12,5", "share > (12,5)", "a, b"],
    "1_500_000 for thousands": ["age > 1.500.000"],
    "550_000 for thousands": ["age > 550.000"],
    "a share such as 0.5": ["age > 5%", "age % 2 == 1"],
    "550_000, 12.5 or 1e6": [
        "age > 12abc",
        "age > 1__0",
        "age > 1_",
        "age > 0x1F",
        "age > 1e",
        "age > 1j",
        "age>1٢",
        "age > 1.2.3",
        "age > 1e5.5",
        "share > 550,000",
        f"age > {'9' * 400}",
    ],
    "quotes around a code": ["age > 007", "age > 00.5", "nik == 9007199254740993"],
    "a float64 holds": ["age > 1e309", "age > 1e-400", "age > 1E999999999999", "age > .1e-999"],
    "'in (...)'": ["area IN ('Bendan')"],
    "'=='": ["area is 'Bendan'", "area LIKE 'Bendan'"],
    "18 <= age < 60": ["age between 1 and 2"],
    "an operator is missing at position 5 ": ["age 5", "age age", "age 'a'", "1+2 3"],
    "an operator is missing": ["widow not", "widow not age", "area in ('a') ('b')", "'a' 'b'"],
    "parentheses around 'not ...'": ["widow == not widow", "1 + not widow > 0", "-not widow"],
    "'x' for 'x == True'": ["widow == True", "area == None", "true", "Null == area"],
    "a list is missing": ["area in 'Bendan'", "area in", "area not in area"],
    "not a number or a text in a list": [
        "area in ()",
        "area in (,)",
        "area in ('a',,'b')",
        "area in (age)",
        "area in (-'a')",
        "age in (1, -)",
        "age in (--1)",
        "age in ((1), 2)",
        "age in (",
        "age in (1,",
    ],
    "a comma is missing in a list": ["area in ('a' 'b')", "age in (1", "age in (1 + 1)"],
    "numbers and texts in one list": ["age in (1, 'b')"],
    "an operator after a list": [
        "age in (1, 2) + 1",
        "age in (1, 2) == widow",
        "age in (1, 2) in (1, 2)",
    ],
    "number where a condition is needed": ["5", "age + 1", "widow and 1", "0 or widow"],
    "text where a condition is needed": ["'a'", "not 'a'", "widow or 'a'"],
    "arithmetic on text": ["'a' + 1 > 2", "-'a' > 2", "age * 'a' == 0"],
    "text compared with number": ["'a' == 1", "'a' in (1, 2)", "18 < age < 'a' < 3"],
    "boolean compared with text": ["(age > 1) == 'a'"],
    "number compared with text": ["age + 1 in ('a', 'b')"],
    "'<' on text, which has no order": ["area < 'b'", "'a' < 'b'"],
}


@pytest.mark.parametrize(("part", "text"), [(part, text) for part in BAD for text in BAD[part]])
def test_refusal_names_place_and_remedy(part, text):
    message = problems(text)
    assert part in message
    assert "at position" in message


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "__import__",
        "a.b",
        "a.b > 1",
        "a()",
        "a() > 1",
        "9**9**9",
        "a[0] > 1",
        "[x for x in y]",
        "{1: 2}",
        "{a}",
        "(a := 1) > 0",
        "f'{a}' == 'x'",
        "b'x' == a",
        "`id`",
        "a > 1 \x00",
        "\x00",
        "lambda: 1",
        "lambda x: x",
        "a if b else c",
        "a > 1; b",
        "a > 1 # c",
        "a @ b",
        "$a > 1",
        "a > ٣",
        "a > ３",
        "a > 1²",
        "²a > 1",
        "a\u202e > 1",
        "a\u200b > 1",
        "\ufeffa > 1",
        "\ud800",
        "...",
        "*a",
        "yield a",
        "import os",
        "print('x')",
        "(a)(b)",
        "'x'.upper() == 'X'",
        "().__class__",
        "a > 1 \\\n",
        "eval('1')",
        "a ? b : c",
        "a > ∞",
        "'''a''' == b",
        "a > inf and",
        "a; __import__('os')",
    ],
)
def test_nothing_else_exists(text):
    problems(text)


def test_names_are_only_ever_looked_up():
    for name in ("exit", "lambda", "import", "class", "inf", "nan", "eval", "self", "_"):
        assert rows_of(f"{name} > 1", {name: np.array([1, 2])}) == [False, True]
    assert "no such column" in problems("eval > 1", {"a": np.array([1])})


def test_lookalike_letters_are_other_names():
    assert "no such column" in problems("\u0430ge > 1", COLUMNS)  # a Cyrillic a
    assert "no such column" in problems("\uff41ge > 1", COLUMNS)  # a wide a, which Python folds


def test_names_in_every_script():
    for name in ("usia_ibu", "năm", "नाम", "ᮞᮥᮔ᮪ᮓ", "e\u0301cole", "年"):
        assert parse_expression(f"{name}>1").columns == {name}


def test_all_faults_of_the_characters_come_together():
    with pytest.raises(InputError) as caught:
        parse_expression("a = 1 && b <> 2.500 || c ≥ 007")
    assert [problem.message.rsplit(" ", 1)[1] for problem in caught.value.problems] == [
        "3",
        "7",
        "12",
        "15",
        "21",
        "26",
        "28",
    ]


def test_all_faults_of_evaluation_come_together():
    columns = {
        "size": np.array([0, 2, 0]),
        "income": np.array([1.0, np.nan, np.nan]),
        "area": np.array(["a", None, "b"], dtype=object),
        "age": np.array([1, 2, 3]),
    }
    message = problems("income > 1 and area > 1 and agee > 2 and age and area + 1 > 0", columns)
    for part in (
        "6 problems",
        "'income': missing in 2 rows (the first at index 1)",
        "'area': missing in 1 row (the first at index 1)",
        "did you mean 'age'?",
        "text 'area' compared with number",
        "number 'age' where",
        "arithmetic on",
    ):
        assert part in message
    message = problems("age / size > 1 or 1 / (age - 2) > 0", columns)
    assert "division by zero in 2 rows (the first at index 0) at position 5" in message
    assert "division by zero in 1 row (the first at index 1) at position 21" in message


def test_messages_hide_identity_numbers():
    message = problems("nik == '3375010101900001' oops")
    assert "3375" not in message
    assert "0001" in message


def test_division_by_zero_counts_only_rows_that_reach_it():
    columns = {"a": np.array([0.0, 0.0, 1.0]), "b": np.array([True, False, True])}
    assert "in 1 row (the first at index 0)" in problems("b and 1 / a > 0", columns)
    assert "in 1 row (the first at index 1)" in problems("b or 1 / a > 0", columns)
    assert "in 3 rows" in problems("1 / 0 > a", columns)
    assert "in 2 rows" in problems("-1 / -a > 0 and 0 / a > 1", columns)
    assert rows_of("b and (a > 0 and 1 / a > 0)", columns) == [False, False, True]


def test_overflow_is_refused_where_it_counts():
    columns = {"a": np.array([1e308, 1.0])}
    for text in ("a * 10 > 1", "a + a > 1", "-a - a < 1", "a / .1 > 1", "a * 10 - a * 10 == 0"):
        assert "a number too large in 1 row (the first at index 0)" in problems(text, columns)
    assert rows_of("a < 9 and a * 10 > 1", columns) == [False, True]


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ([1, None], "missing in 1 row (the first at index 1)"),
        ([1, pd.NA], "missing in 1 row"),
        ([None, float("nan")], "missing in 2 rows"),
        ([pd.NaT, pd.NaT], "missing in 2 rows"),
        ([1, Decimal("NaN")], "missing in 1 row"),
        ([1, "b"], "values of type int and str"),
        ([1, [2]], "values of type int and list"),
        ([True, 1j], "values of type bool and complex"),
        ([1, 10**400], "too large"),
        ([1, Fraction(10**400)], "too large"),
        ([1, -(2**53) - 1], "too large"),
        ([1, float("-inf")], "too large"),
        (np.array([1.0, np.nan]), "missing in 1 row"),
        (np.array([1.0, np.inf]), "too large"),
        (np.array([1, 2**53 + 1]), "too large"),
        (np.array([1, -(2**63)]), "too large"),
        (np.array([1, 2**64 - 1], dtype=np.uint64), "too large"),
        (np.array([1]), "shape (1,)"),
        (np.array(["2026", "NaT"], "M8[ns]"), "missing in 1 row (the first at index 1)"),
        (np.array(["2026", "NaT"], "M8[ns]"), "values of type datetime64"),
        (np.array([1 + 2j, 3]), "complex"),
        (np.array([b"a", b"b"]), "bytes"),
        (np.array([[1, 2], [3, 4]]), "shape (2, 2)"),
    ],
)
def test_columns_that_are_refused(values, part):
    cells = np.array([*values, None], dtype=object)[:-1] if isinstance(values, list) else values
    message = problems("x > 0", {"n": np.arange(2), "x": cells})
    assert part in message
    assert "column 'x'" in message


@pytest.mark.parametrize(
    "values",
    [
        np.array([1, 2, 3], dtype=object),
        np.array([True, 2, np.float32(3)], dtype=object),
        np.array([Decimal(1), Fraction(2), 3], dtype=object),
        np.array([1, 2, 3], dtype=np.uint8),
        np.array([1, 2, 3], dtype=np.float16),
        np.array([1, 2, 3], dtype=np.longdouble),
        pd.array([1, 2, 3], dtype="Int64"),
        pd.array([1, 2, 3], dtype="Float64").to_numpy(),
    ],
)
def test_numbers_of_every_kind(values):
    assert rows_of("x > 1.5", {"x": values}) == [False, True, True]


@pytest.mark.parametrize(
    "values",
    [
        pd.Series(["a", "b"]).to_numpy(),
        pd.array(["a", "b"], dtype="string"),
        pd.Series(["a", "b"], dtype="category").to_numpy(),
        np.array(["a", "b"]),
        np.array([np.str_("a"), "b"], dtype=object),
    ],
)
def test_text_of_every_kind(values):
    assert rows_of("x == 'b'", {"x": values}) == [False, True]
    assert rows_of("x in ('b', 'c')", {"x": values}) == [False, True]


@pytest.mark.parametrize("dtype", [float, int, bool, object, str])
def test_no_rows(dtype):
    assert rows_of("x == x and y > 1", {"x": np.array([], dtype), "y": np.array([])}) == []


def test_missing_values_matter_only_in_columns_that_are_used():
    columns = {"a": np.array([1, 2]), "b": np.array([np.nan, 1])}
    assert rows_of("a > 1", columns) == [False, True]


def test_result_is_new_and_the_input_unchanged():
    flag = np.array([True, False])
    result = parse_expression("flag").evaluate({"flag": flag})
    result[:] = False
    assert flag.tolist() == [True, False]
    objects = np.array([True, np.False_], dtype=object)
    assert rows_of("not flag", {"flag": objects}) == [False, True]
    assert objects.tolist() == [True, False]


def test_expression_is_a_value():
    expression = parse_expression("age > 1 and area == 'a'")
    assert expression == Expression("age > 1 and area == 'a'")
    assert expression != parse_expression("age > 1")
    assert hash(expression) == hash(Expression(expression.text))
    assert str(expression) == expression.text == "age > 1 and area == 'a'"
    assert expression.columns == frozenset({"age", "area"})
    assert repr(expression) == "Expression(text=\"age > 1 and area == 'a'\")"
    for twin in (pickle.loads(pickle.dumps(expression)), copy.deepcopy(expression)):
        assert twin == expression
        assert rows_of(str(twin)) == twin.evaluate(COLUMNS).tolist()
    with pytest.raises(dataclasses.FrozenInstanceError):
        expression.text = "age > 2"  # type: ignore[misc]


def test_only_text_is_parsed():
    for thing in (5, None, b"a > 1", ["a > 1"]):
        assert "not an expression" in problems(thing)


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("a > 1", ["a > 1"]),
        ("a > 1 and b", ["a > 1", "b"]),
        ("(a and b)", ["a", "b"]),
        ("a or b and c", ["a or b and c"]),
        ("a and b or c", ["a and b or c"]),
        ("not a and b", ["not a", "b"]),
        ("not (a and b)", ["not (a and b)"]),
        ("((a and (b and c)))and(d)", ["a", "b", "c", "d"]),
        ("(a) == (b)", ["(a) == (b)"]),
        ("(a or b) and (c or d)", ["a or b", "c or d"]),
        ("((a)) and ((b or c and d))", ["a", "b or c and d"]),
        (
            "1 < x < 2 and s in ('and', 'or') and t == ')'",
            ["1 < x < 2", "s in ('and', 'or')", "t == ')'"],
        ),
        (f"{'(' * 99}a and b{')' * 99}", ["a", "b"]),
    ],
)
def test_clauses(text, clauses):
    assert [str(clause) for clause in parse_expression(text).clauses] == clauses


@pytest.mark.parametrize("piece", ["(", "not ", "-", "(not ", "-(", "1 + (", "a or (", "a < ("])
def test_nesting_has_a_limit(piece):
    closing = ")" if "(" in piece else ""
    for times in (MOST_NESTED + 1, 50_000):
        text = f"{piece * times}a{closing * times}"
        assert "too deeply nested" in problems(text)


def test_nesting_within_the_limit():
    columns = {"a": np.array([1.0, 2.0])}
    assert rows_of(f"{'(' * MOST_NESTED}a > 1{')' * MOST_NESTED}", columns) == [False, True]
    assert rows_of(f"{'not ' * MOST_NESTED}a > 1", columns) == [False, True]
    assert rows_of(f"{'-' * MOST_NESTED}a > 1", columns) == [False, True]
    assert rows_of(" and ".join(["not (-a > 1)"] * 500), columns) == [True, True]
    assert rows_of(f"{'1 + (' * 49}a{')' * 49} > 50", columns) == [False, True]


@pytest.mark.parametrize(
    ("first", "more"),
    [
        ("a", " or a"),
        ("b", " and b"),
        ("x + 1", " + 1"),
        ("0", " < x"),
        ("x", " == x"),
        ("x in (1", ", 2"),
        ("x > 1", " and (x < 2)"),
        ("x", " * 1"),
    ],
)
def test_long_expressions_are_read(first, more):
    columns = {"a": np.array([False, False]), "b": np.array([True, True]), "x": np.ones(2)}
    text = first + more * (100_000 if more == " or a" else 30_000)
    text += ")" if "in (" in text else " > 1" if "+" in text or "*" in text else ""
    expression = parse_expression(text)
    assert expression.evaluate(columns).shape == (2,)


def test_length_has_a_limit():
    assert rows_of("a > 1".ljust(MOST_CHARACTERS), {"a": np.array([1, 2])}) == [False, True]
    assert f"{MOST_CHARACTERS:_} characters" in problems("a > 1".ljust(MOST_CHARACTERS + 1))


@pytest.mark.parametrize(
    "piece",
    [
        "'",
        '"',
        "'\"",
        "1",
        "1.",
        "9e",
        "_",
        "__",
        "not ",
        "not\t ",
        " ",
        "=",
        "<",
        "?",
        ",",
        "a ",
        "(",
        ")",
        "'a' ",
        "a.",
        "١",
        "1_",
        "\u0301",
        "a\u0301",
        "a == 'b",
        "1 in (1, ",
        "0.",
    ],
)
def test_long_nonsense_is_refused_soon(piece):
    with contextlib.suppress(InputError):
        parse_expression(piece * (200_000 // len(piece)))


def test_many_unknown_columns_do_not_hang():
    known = {f"column_{number}": np.array([1]) for number in range(100)}
    text = " or ".join(f"colum_{number} > 1" for number in range(20_000))
    assert len(problems(text, known)) < 20_000


# Random trees, rendered to text that Python also reads; Python's eval is the judge of meaning.
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "x": st.integers(-5, 5),
            "y": st.floats(-4, 4).map(lambda value: round(value, 1)),
            "flag": st.booleans(),
            "area": st.sampled_from(["a", "b", "it's", "ü"]),
            "desa": st.sampled_from(["a", "b", ""]),
        }
    ),
    min_size=1,
    max_size=6,
)
DIGITS = st.one_of(st.integers(0, 9).map(str), st.sampled_from([".5", "1_0", "2.", "1e1"]))
ATOMS = st.one_of(DIGITS, st.sampled_from(["x", "y", "flag"]))
TEXTS = st.sampled_from(["area", "desa", "'a'", '"it\'s"', "''", "'ü'"])
ORDERS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
MEMBERS = st.sampled_from([" in ", " not in "])


def one_of_texts(*parts):
    return st.one_of(
        *(
            st.tuples(*(st.just(word) if isinstance(word, str) else word for word in part)).map(
                "".join
            )
            for part in parts
        )
    )


def lists(items):
    return st.lists(items, min_size=1, max_size=7).map(lambda kept: f"({', '.join(kept)},)")


NUMBERS = st.recursive(
    ATOMS,
    lambda inner: one_of_texts(
        (inner, st.sampled_from([" + ", " -\t", "*", "/"]), inner), ("-", inner), ("(", inner, ")")
    ),
    max_leaves=6,
)
CONDITIONS = one_of_texts(
    ("flag",),
    (NUMBERS, ORDERS, NUMBERS),
    (NUMBERS, ORDERS, NUMBERS, ORDERS, NUMBERS),
    (NUMBERS, ORDERS, NUMBERS, ORDERS, NUMBERS, ORDERS, NUMBERS),
    (NUMBERS, MEMBERS, lists(one_of_texts((DIGITS,), ("-", DIGITS)))),
    (NUMBERS, ORDERS, NUMBERS, MEMBERS, lists(DIGITS)),
    (TEXTS, st.sampled_from(["==", "!="]), TEXTS),
    (TEXTS, MEMBERS, lists(st.sampled_from(["'a'", "'b'", '"it\'s"']))),
)
TREES = st.recursive(
    CONDITIONS,
    lambda inner: one_of_texts(
        (inner, st.sampled_from([" and ", " or "]), inner),
        ("not ", inner),
        ("(", inner, ")"),
        ("(", inner, ") ", ORDERS, " (", inner, ")"),
    ),
    max_leaves=6,
)


@settings(max_examples=800, deadline=None)
@given(TREES, ROWS)
@example("x>0 and 1/x>0 or x < 0 < 1 / -x", [{"x": 0, "y": 0.0, "flag": True, "area": ""}])
def test_means_what_python_means(text, rows):
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    columns["area"] = columns["area"].astype(object)
    expression = parse_expression(text)
    try:
        expected = [bool(eval(text, {"__builtins__": {}}, row)) for row in rows]
    except ZeroDivisionError:
        with pytest.raises(InputError, match="division by zero"):
            expression.evaluate(columns)
        return
    assert expression.evaluate(columns).tolist() == expected
    if "/" not in text:  # a clause may rely on those before it
        clauses = [clause.evaluate(columns) for clause in expression.clauses]
        assert np.logical_and.reduce(clauses).tolist() == expected


WORDS = st.sampled_from(
    [
        *"+-*/()<>=!,.'\"&|_ \n\t09aé²٣\u0301\x00",
        "==",
        "<=",
        "and",
        "or",
        "not",
        "in",
        "not in ",
        "x",
        "area",
        "flag",
        "'a'",
        "1e9",
        "1_0",
        "12.5",
        "1.000",
        "__",
        "in (",
        "in (1,2)",
        "x>1",
    ]
)


@settings(max_examples=1200, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(WORDS, max_size=25).map(" ".join),
        st.lists(WORDS, max_size=25).map("".join),
    )
)
def test_any_text_parses_or_is_refused(text):
    columns = {"x": np.arange(2), "area": np.array(["a", "b"]), "flag": np.array([True, False])}
    message = ""
    try:
        assert parse_expression(text).evaluate(columns).shape == (2,)
    except InputError as error:
        message = str(error)
    assert "\x00" not in message
