"""Sentences of this library that can be said in another language.

Code writes English. A sentence with something filled in is made by `said`: it is the English
text, and remembers the template and the fields, so that the template can be looked up in a
catalogue (`povtarget.indonesian`) and filled in anew. A sentence without fields is a plain text
and its own template.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Number
from string import Formatter
from typing import Any

_SIGNS = str.maketrans(",.", ".,")


class Said(str):
    """A text with fields filled in, that remembers its template and its fields.

    Parameters
    ----------
    template
        The English text, with fields as `str.format` has them.
    fields
        Numbers and texts by name. What is neither is kept as its text, so that a `Said` can be
        pickled wherever it goes.

    Examples
    --------
    >>> text = Said("{count:,} columns have this name", {"count": 1200})
    >>> text, text.template, text.fields
    ('1,200 columns have this name', '{count:,} columns have this name', {'count': 1200})
    """

    template: str
    fields: dict[str, Any]

    def __new__(cls, template: str, fields: Mapping[str, object]) -> Said:
        """Fill in the template."""
        kept = {name: _kept(value) for name, value in fields.items()}
        text = super().__new__(cls, template.format(**kept))
        text.template, text.fields = template, kept
        return text

    def __reduce__(self) -> tuple[type[Said], tuple[str, dict[str, Any]]]:
        """Copy and pickle by template and fields."""
        return type(self), (self.template, self.fields)


def said(template: str, /, **fields: object) -> str:
    """Return the text of a template with its fields filled in, which is a `Said`.

    What is given as a type is `str`, for that is what it is to whoever reads it.

    Examples
    --------
    >>> said("no such {what}", what=said("household"))
    'no such household'
    """
    if isinstance(template, Said) and not fields:
        return template
    return Said(template, fields)


def either(choices: Iterable[object]) -> str:
    """Return choices with "or" between them; none of them is translated.

    Examples
    --------
    >>> either(["city", "propose", "fixed"])
    'city or propose or fixed'
    """
    return _chained("{one} or {other}", map(str, choices))


def every(parts: Iterable[str]) -> str:
    """Return texts with "and" between them.

    Examples
    --------
    >>> every(["a comma in 3", "a point in 2"])
    'a comma in 3 and a point in 2'
    """
    return _chained("{one} and {other}", parts)


def listed(parts: Iterable[str]) -> str:
    """Return texts with commas between them, each of which may be said in another language.

    Examples
    --------
    >>> listed(["shape", said("{count} rows", count=2)])
    'shape, 2 rows'
    """
    return _chained("{one}, {other}", parts)


def _chained(template: str, parts: Iterable[str]) -> str:
    """One text or more, joined by a template of ``one`` and ``other``."""
    text, *others = parts
    for other in others:
        text = said(template, one=text, other=other)
    return text


class _Indonesian(Formatter):
    """Fills in a template: texts said in Indonesian where they can be, numbers written so."""

    def __init__(self, catalogue: Mapping[str, str]) -> None:
        self.catalogue = catalogue

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Said):
            return self.say(value)
        text = format(value, format_spec)
        return text.translate(_SIGNS) if isinstance(value, Number) else text

    def convert_field(self, value: Any, conversion: Any) -> Any:
        if conversion == "r" and isinstance(value, Number):
            return repr(value).translate(_SIGNS)
        return super().convert_field(value, conversion)

    def say(self, text: str) -> str:
        if not isinstance(text, Said):
            return self.catalogue.get(text, text)
        template = self.catalogue.get(text.template, text.template)
        return self.vformat(template, (), text.fields)


def in_indonesian(text: str, catalogue: Mapping[str, str]) -> str:
    """Return a text in Indonesian, as far as the catalogue knows it.

    Parameters
    ----------
    text
        A text of this library; plain, or `Said`.
    catalogue
        Indonesian templates by the English ones.

    Examples
    --------
    >>> text = said("{count:,} columns have this name", count=1200)
    >>> in_indonesian(text, {"{count:,} columns have this name": "{count:,} kolom bernama sama"})
    '1.200 kolom bernama sama'
    """
    return _Indonesian(catalogue).say(text)


def _kept(value: object) -> object:
    return value if isinstance(value, str | Number) else str(value)


def foreign(reason: object) -> str:
    """Return a reason that the system or another library gives, in its own words.

    Examples
    --------
    >>> foreign(ValueError("Found invalid character '{'"))
    "Found invalid character '{'"
    """
    return said(str(reason).replace("{", "{{").replace("}", "}}"))
