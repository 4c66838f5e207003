"""Codes in place of identifiers, and masked numbers."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from povtarget.errors import Fault, InputError
from povtarget.sayings import said

SHORTEST_KEY = 16
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none is taken for another
_CODE = 12  # letters of 5 bits each: two in a million families agree once in two million cities
_SHOWN_DIGITS = 4


def new_key() -> bytes:
    """Return a random key for `codes`.

    Examples
    --------
    >>> len(new_key()), new_key() == new_key()
    (32, False)
    """
    return secrets.token_bytes(32)


def codes(household_ids: Iterable[str], key: bytes) -> NDArray[np.object_]:
    """Return a code for each identifier: a keyed digest (HMAC-SHA-256), of 12 letters.

    Without the key nobody can find an identifier by trying: a plain digest of a number of 16
    digits is undone in minutes. With one key a household has one code in every file.

    Parameters
    ----------
    household_ids
        Identifiers as text.
    key
        At least 16 bytes, to be kept as safe as the names.

    Raises
    ------
    InputError
        If the key is shorter, or two identifiers have one code.

    Examples
    --------
    >>> codes(["KK-0000001", "KK-0000002"], b"a key for examples").tolist()
    ['CYF0-XRN7-E1R7', 'FNHN-J1SC-AY0A']
    """
    if len(key) < SHORTEST_KEY:
        expected = said("{shortest_key} bytes or more", shortest_key=SHORTEST_KEY)
        raise InputError([Fault("the key is too short", "key", expected=expected)])
    made = [_code(str(name), key) for name in household_ids]
    if len(set(made)) != len(made):
        raise InputError([Fault("two households have one code", "key", expected="another key")])
    return np.array(made, dtype=object)


def _code(text: str, key: bytes) -> str:
    number = int.from_bytes(hmac.digest(key, text.encode(), "sha256")[:8], "big")
    letters = "".join(_LETTERS[number >> 5 * at & 31] for at in range(_CODE))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def hidden(number: str) -> str:
    """Return a NIK or card number of which only the last four digits show.

    Examples
    --------
    >>> hidden("3375010101900001"), hidden("123")
    ('************0001', '***')
    """
    shown = number[-_SHOWN_DIGITS:] if len(number) > 2 * _SHOWN_DIGITS else ""
    return "*" * (len(number) - len(shown)) + shown
