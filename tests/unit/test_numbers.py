"""Numbers and identifiers: read right or refused, never misread."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from povtarget.errors import InputError
from povtarget.identifiers import parse_identifiers
from povtarget.numbers import _read_mixed, _read_plain, clean_text, is_missing, parse_numbers


def read(cells, **options):
    return parse_numbers(cells, column="consumption", source="warga.csv", **options)


def identify(cells, **options):
    return parse_identifiers(cells, column="nik", source="warga.csv", **options)


def values_of(cells, **options):
    values, faults = read(cells, **options)
    assert faults == []
    return values.tolist()


# --- numbers that are numbers ---------------------------------------------------------------


@pytest.mark.parametrize(
    "cells",
    [
        [1, 2.5, -3],
        (1, 2.5, -3),
        np.array([1, 2.5, -3]),
        [np.int64(1), np.float32(2.5), np.int8(-3)],
        [Decimal(1), Fraction(5, 2), -3],
        pd.Series([1, 2.5, -3], index=[7, 7, 7]),
        pd.Series([1, 2.5, -3], dtype="Float64"),
        pd.Series([1, 2.5, -3], dtype=object),
    ],
)
def test_numbers_pass_through(cells):
    assert values_of(cells) == [1.0, 2.5, -3.0]


@pytest.mark.parametrize("kind", ["Int64", "int64[pyarrow]", "category"])
def test_extension_types_pass_through(kind):
    assert values_of(pd.Series([3, 1, 3], dtype=kind)) == [3.0, 1.0, 3.0]


@pytest.mark.parametrize("cell", [True, False, np.True_])
def test_bool_is_refused(cell):
    values, (fault,) = read([1, cell])
    assert np.isnan(values[1])
    assert fault.row == 3
    assert "true or false" in fault.message


def test_bool_columns_are_refused_whatever_holds_them():
    for cells in (np.array([True]), pd.Series([True]), pd.Series([True], dtype="boolean")):
        assert len(read(cells)[1]) == 1


@pytest.mark.parametrize(
    "cell", [np.inf, -np.inf, Decimal("Infinity"), 10**400, "1e999", "9" * 400]
)
def test_infinite_is_refused(cell):
    values, (fault,) = read([cell])
    assert np.isnan(values[0])
    assert "infinite" in fault.message


@pytest.mark.parametrize(
    "cell",
    [1j, b"12", [1], {}, object(), np.datetime64("2024-01-01"), np.timedelta64(1, "D"),
     pd.Timestamp(2024, 1, 1), pd.Timedelta(1, "D")],
)  # fmt: skip
def test_other_types_are_refused(cell):
    values, (fault,) = read([cell])
    assert np.isnan(values[0])
    assert fault.message == "not a number"


def test_columns_of_dates_are_refused():
    dates = np.array(["2024-01-01"], dtype="M8[ns]")
    for cells in (dates, pd.Series(dates)):
        assert len(read(cells)[1]) == 1


MISSING = [None, np.nan, pd.NA, pd.NaT, "", "  ", "\xa0", "-", "–", "NA", "n/a", "NaN", "NULL"]


@pytest.mark.parametrize("cell", MISSING)
def test_missing_is_refused_or_nan_as_asked(cell):
    assert is_missing(cell)
    values, (fault,) = read([1, cell])
    assert np.isnan(values[1])
    assert (fault.row, fault.message) == (3, "the cell is empty")
    assert np.isnan(values_of([cell, 1], missing="nan")[0])


def test_missing_of_masked_arrays_and_nullable_columns():
    assert np.isnan(values_of(np.ma.array([1, 2], mask=[0, 1]), missing="nan")[1])
    assert np.isnan(values_of(pd.Series([1, None], dtype="Int64"), missing="nan")[1])


def test_empty_column():
    assert values_of([]) == []
    assert identify([])[0].tolist() == []


def test_unknown_options_are_refused():
    for options in ({"missing": "drop"}, {"decimal": ";"}):
        with pytest.raises(InputError):
            read([1], **options)


# --- text -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.500.000", 1.5e6), ("12,5", 12.5), ("1.500,25", 1500.25), ("Rp 250.000", 250e3),
        ("Rp250.000", 250e3), ("Rp. 250.000", 250e3), ("rp 1.500.000,-", 1.5e6),
        ("IDR 250.000,00", 250e3), ("250.000,-", 250e3), ("250.000,--", 250e3),
        ("1500,-", 1500), ("1.500,00", 1500), ("\xa01.500.000 ", 1.5e6),
        ("Rp\xa0250.000", 250e3), ("-12,5", -12.5), ("\u221212,5", -12.5),
        ("-Rp 250.000", -250e3), ("Rp -250.000", -250e3), ("+12,5", 12.5), ("0,500", 0.5),
        ("1234,567", 1234.567), (",5", 0.5), ("1,5E+06", 1.5e6), ("1.500,250", 1500.25),
        ("Rp 1,5", 1.5),
    ],
)  # fmt: skip
def test_indonesian_evidence(text, value):
    assert values_of([text]) == [value]
    # It settles an ambiguous cell of its column, before or after it.
    assert values_of(["1.500", text, "250.000"]) == [1500.0, value, 250_000.0]
    assert values_of(["1,500", text]) == [1.5, value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,500,000", 1.5e6), ("12.5", 12.5), ("1234.567", 1234.567), ("1,500.25", 1500.25),
        ("Rp 250,000", 250e3), ("0.500", 0.5), (".5", 0.5), ("1.5e6", 1.5e6),
        ("3.37501E+15", 3.37501e15), ("-12.5", -12.5), ("513243.0", 513243.0),
        ("IDR 1,500,000.50", 1500000.5),
    ],
)  # fmt: skip
def test_english_evidence(text, value):
    assert values_of([text]) == [value]
    assert values_of(["1.500", text, "250.000"]) == [1.5, value, 250.0]
    assert values_of(["1,500", text]) == [1500.0, value]


@pytest.mark.parametrize("text", ["1500", "007", "0", "-3", "Rp 1500", "IDR1500", "1e6", "+1"])
def test_plain_numbers_are_no_evidence(text):
    assert len(values_of([text])) == 1
    assert len(read([text, "1.500"])[1]) == 1


@pytest.mark.parametrize(
    "text",
    ["1.50.000", "1..5", "12,5,3", "1.5.00", "12.", "12,", "1.500.00", "1,50,000.00",
     "1.500,25.1", "1.500.000,25,-", "0.500.000", "01.500.000", "Rp 1234.567", ",-", "..",
     "1.500,-5", "1.500.000E+2"],
)  # fmt: skip
def test_malformed_separators_are_refused(text):
    values, (fault,) = read([text])
    assert np.isnan(values[0])
    assert fault.value == text


@pytest.mark.parametrize(
    "text",
    ["lima", "Rp", "12 500", "1 500 000", "12a", "0x10", "1_000", "--5", "-Rp -5", "1.500 juta",
     "5-", "(5)", "inf", "1e", "e5", "٣", "12-05-2024", "12/5", "5\n6", "Rp Rp 5", "1E5,5"],
)  # fmt: skip
def test_other_texts_are_refused(text):
    values, (fault,) = read([text, "7"])
    assert np.isnan(values[0])
    assert values[1] == 7
    assert fault.row == 2


def test_percent_is_refused():
    _, faults = read(["5%", "0,5 %"])
    assert [fault.row for fault in faults] == [2, 3]
    assert "percent" in str(faults[0])


def test_ambiguous_is_refused_with_both_readings_for_each_row():
    values, faults = read(["1.500", "900", "250,000", "-1.500"])
    assert np.isnan(values[[0, 2, 3]]).all()
    assert values[1] == 900
    assert [fault.row for fault in faults] == [2, 4, 5]
    assert "1500 (decimal comma) or 1.5 (decimal point)" in faults[0].message
    assert "250 (decimal comma) or 250000 (decimal point)" in faults[1].message
    assert 'decimal=","' in faults[0].expected


def test_decimal_settles_the_column():
    assert values_of(["1.500", "900"], decimal=",") == [1500.0, 900.0]
    assert values_of(["1.500", "900"], decimal=".") == [1.5, 900.0]
    assert values_of([" 1.500", "900"], decimal=",") == [1500.0, 900.0]


def test_decimal_does_not_force_a_reading():
    values, (fault,) = read(["1.500", "12.5"], decimal=",")
    assert values[0] == 1500.0
    assert fault.row == 3
    assert "decimal point" in fault.message
    assert len(read(["1.500.000"], decimal=".")[1]) == 1


def test_both_kinds_of_evidence_refuse_every_cell_that_depends():
    values, faults = read(["12,5", "7", "12.5", "1.500", "13,5"])
    assert np.isnan(values[[0, 2, 3, 4]]).all()
    assert values[1] == 7
    assert [fault.row for fault in faults] == [2, 4, 5, 6]
    assert "decimal comma in 2 (first: row 2)" in faults[0].message
    assert "decimal point in 1 (first: row 4)" in faults[0].message


def test_too_large_numbers_do_not_hide_two_styles():
    for texts in (["1,5e999", "12.5"], ["12,5", "1.5e999"], ["1,5e999", "1.5e999"]):
        assert [fault.row for fault in read(texts)[1]] == [2, 3]


def test_numeric_cells_do_not_decide_for_texts():
    values, (fault,) = read([12.5, "1.500"])
    assert values[0] == 12.5
    assert fault.row == 3


def test_places():
    _, faults = read(["x", "1", "y"], first_row=5)
    assert [fault.row for fault in faults] == [5, 7]
    _, faults = read(["x", "1", "y"], rows=np.array([3, 4, 9]))
    assert [fault.row for fault in faults] == [3, 9]
    fault = faults[0]
    assert (fault.source, fault.column, fault.value) == ("warga.csv", "consumption", "x")
    assert type(fault.row) is int


def test_long_values_are_cut_and_long_numbers_masked_in_faults():
    _, (fault, nik) = read(["12 a " * 100, "3375010101900001x"])
    assert len(fault.value) == 40
    assert "337501" not in str(nik)


# --- properties -----------------------------------------------------------------------------

amounts = st.integers(-(10**12), 10**12)
rendering = st.tuples(
    amounts,
    st.sampled_from([0, 1, 2, 3, 4]),  # decimals
    st.booleans(),  # grouped
    st.sampled_from(["", "Rp ", "Rp. ", "IDR", " ", "\xa0"]),
)


def rendered(amount, decimals, grouped, before, style):
    """Write amount / 10**decimals as a person of that style does."""
    number = Decimal(amount).scaleb(-decimals)
    text = f"{number:,.{decimals}f}" if grouped else f"{number:.{decimals}f}"
    if style == "indonesian":
        text = text.translate(str.maketrans(",.", ".,"))
    return before + text, float(number)


@given(st.lists(rendering, min_size=1), st.sampled_from(["indonesian", "english"]))
def test_a_column_of_one_style_is_read_exactly_or_refused(cells, style):
    texts, numbers = zip(*(rendered(*cell, style) for cell in cells), strict=True)
    # Rupiah have no thousandths: "Rp 1,500" is 1500 whoever writes it.
    if not any(decimals == 3 and before.strip() for _, decimals, _, before in cells):
        values, faults = read(list(texts))
        refused = {fault.row - 2 for fault in faults}
        for index, number in enumerate(numbers):
            assert index in refused or values[index] == number
    # The style that was used, said by the caller, refuses only those thousandths.
    values, faults = read(list(texts), decimal="," if style == "indonesian" else ".")
    refused = {fault.row - 2 for fault in faults}
    for index, (_, decimals, _, before) in enumerate(cells):
        is_odd = decimals == 3 and before.strip()
        assert (index in refused) == bool(is_odd)
        assert index in refused or values[index] == numbers[index]


plain_texts = st.lists(st.text("0123456789.,-", max_size=9), max_size=4)


@given(plain_texts, st.sampled_from([None, ",", "."]))
def test_the_fast_path_reads_as_the_slow_one(texts, decimal):
    cells = np.array(texts, dtype=object)
    fast = _read_plain(cells, decimal)
    if fast is not None:
        slow = _read_mixed(cells, decimal)
        np.testing.assert_array_equal(fast[0], slow[0])
        np.testing.assert_array_equal(fast[1], slow[1])


@given(st.lists(st.text("0123456789.,-% ERp", max_size=9)))
def test_each_cell_is_read_or_refused(texts):
    values, faults = read(texts)
    refused = np.zeros(len(texts), dtype=bool)
    refused[[fault.row - 2 for fault in faults]] = True
    np.testing.assert_array_equal(np.isnan(values), refused)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_floats_as_python_writes_them_round_trip(numbers):
    values, faults = read([repr(number) for number in numbers], decimal=".")
    assert faults == []
    assert values.tolist() == numbers


@given(st.permutations(["1.500", "12,5", "900", "Rp 250.000", "-"]))
def test_the_order_of_cells_does_not_matter(texts):
    known = {"1.500": 1500.0, "12,5": 12.5, "900": 900.0, "Rp 250.000": 250e3}
    values = values_of(texts, missing="nan")
    read_as = dict(zip(texts, values, strict=True))
    assert np.isnan(read_as.pop("-"))
    assert read_as == known


# --- identifiers ----------------------------------------------------------------------------


def test_identifiers_keep_text():
    ids, faults = identify(["007", " 0010 ", "H-1", "\ufeff1.500", "1,5"])
    assert faults == []
    assert ids.tolist() == ["007", "0010", "H-1", "1.500", "1,5"]
    assert ids.dtype == object


@pytest.mark.parametrize(
    ("cell", "text"),
    [(7, "7"), (7.0, "7"), (np.int64(7), "7"), (Decimal(7), "7"), (3375010101900001, None),
     (123456789012345.0, "123456789012345"), (0, "0")],
)  # fmt: skip
def test_whole_numbers_become_text(cell, text):
    ids, faults = identify([cell])
    assert faults == []
    assert ids.tolist() == [text or str(cell)]


@pytest.mark.parametrize(
    "cell",
    [3375010101900001.0, 1e15, 1.5, "3.37501E+15", "3,37501E+15", "1e15", "1E+05", True, None,
     "", "-", np.nan, np.inf, b"7", np.timedelta64(7)],
)  # fmt: skip
def test_what_may_have_lost_digits_is_refused(cell):
    _, (fault,) = identify(["a", cell])
    assert fault.row == 3
    assert fault.column == "nik"


def test_integer_columns_stay_exact():
    nik = 3375010101900001
    for cells in (np.array([nik]), pd.Series([nik]), pd.Series([nik], dtype="Int64")):
        ids, faults = identify(cells)
        assert (ids.tolist(), faults) == ([str(nik)], [])


def test_each_duplicate_is_a_fault_that_names_the_first():
    _, faults = identify(["a", "b", "a", "c", " a", "b"], rows=[2, 3, 5, 6, 7, 8])
    assert [(fault.row, fault.message) for fault in faults] == [
        (5, "already in row 2"), (7, "already in row 2"), (8, "already in row 3"),
    ]  # fmt: skip
    assert identify(["a", "a"], unique=False)[1] == []


def test_number_and_text_of_one_identifier_are_duplicates():
    assert len(identify(["7", 7, 7.0])[1]) == 2
    assert identify(["7", "07"])[1] == []


def test_two_missing_identifiers_are_missing_not_duplicates():
    messages = [fault.message for fault in identify(["", None])[1]]
    assert messages == ["the identifier is missing"] * 2


@pytest.mark.parametrize("nik", ["3375010101900001", "33.7501-010190.0001", "3375 0101 0190 0001"])
def test_faults_never_show_a_long_identifier(nik):
    _, (fault,) = identify([nik, nik])
    for text in (fault.value, str(fault)):
        assert sum(map(str.isdigit, text.replace("row 3", "").replace("row 2", ""))) == 4


def test_short_codes_are_shown():
    assert identify(["H0001", "H0001"])[1][0].value == "H0001"


@given(st.lists(st.text("0123456789", min_size=1, max_size=20), unique=True))
def test_identifiers_of_digits_survive(texts):
    ids, faults = identify(texts)
    assert (ids.tolist(), faults) == (texts, [])


def test_clean_text():
    assert clean_text("\u200b\xa0 H 1\t") == "H 1"


# --- size -----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("style", ["{}", "{:,}.5", "{}.25"])
def test_a_million_cells(style):
    texts = [style.format(number) for number in range(1_000_000)]
    values = values_of(texts)
    assert values[-1] == float(texts[-1].replace(",", ""))
