"""One door for tables: CSV, XLSX and Parquet files, pandas, polars and Arrow frames, dicts.

Nothing is guessed here: a CSV comes out as text, other sources keep their types, and
`povtarget.numbers` reads the columns. Every fault of a table is reported together.

Rows are counted as a spreadsheet shows them: blank lines count, a line break within quotes
does not, a first line ``sep=;`` is not shown. The header of a frame counts as row 1.

Currently implemented:

- ``read_table``: a file or frame as a `Table`, which knows its name and row numbers;
- ``HeaderRule``: how to find the header of a table whose columns are known by name;
- ``sheet_names``: the sheets of a workbook;
- ``rows_text``: how many rows, and the first of them, in words;
- ``absent_file``: what is said of a file that is not there;
- ``infer_column``: a covariate of unknown type as float64, bool or text.
"""

from povtarget.tables.covariates import infer_column
from povtarget.tables.door import Table, read_table, rows_text
from povtarget.tables.grid import HeaderRule, Record
from povtarget.tables.raw import absent_file
from povtarget.tables.xlsx import sheet_names

__all__ = [
    "HeaderRule",
    "Record",
    "Table",
    "absent_file",
    "infer_column",
    "read_table",
    "rows_text",
    "sheet_names",
]
