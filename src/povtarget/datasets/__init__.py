"""A seeded synthetic Kota Pekalongan: families, catalogue and receipts to try things on.

Nobody in it exists. It meets the official figures of 2022 (population, poverty line,
headcount, and a poverty gap in proportion to the last published one) and is otherwise
plausible rather than true; every assumption is marked where it is made.
"""

from __future__ import annotations

import pandas as pd

from povtarget.datasets.agencies import catalogue
from povtarget.datasets.city import pekalongan_frame, streams
from povtarget.datasets.lists import TwoLists, two_lists
from povtarget.datasets.receipts import received
from povtarget.datasets.welfare import POVERTY_LINE
from povtarget.households import Households
from povtarget.programs import Catalog

__all__ = ["TwoLists", "pekalongan", "pekalongan_frame", "two_lists"]


def pekalongan(
    households: int = 87_000, seed: int = 0
) -> tuple[Households, Catalog, pd.DataFrame]:
    """Return a synthetic Kota Pekalongan: its families, its programs, and who has what.

    Parameters
    ----------
    households
        Families, 100 to 1,000,000; the real city counted 87,000 in 2022. Budgets, quotas and
        receipts are in proportion.
    seed
        Same seed and size, same city to the byte.

    Returns
    -------
    households
        Columns as in `pekalongan_frame`; poverty line Rp 513,243.
    catalog
        Programs, this year's budgets for new places, and the rules on combining. It depends
        on the number of families only.
    receipts
        Who has what already: household_id, program, member_id (missing where a list names
        families), units, year, amount (Rp a year for all units), agency, fund, need.
        Consumption has them in it.

    Raises
    ------
    InputError
        If ``households`` or ``seed`` is out of range.

    Examples
    --------
    >>> households, catalog, receipts = pekalongan(500, seed=1)
    >>> households
    Households(500 households, 1,791 persons)
    >>> len(catalog.programs), set(receipts["program"]) <= set(catalog.program_names)
    (27, True)
    """
    frame = pekalongan_frame(households, seed)
    catalog = catalogue(len(frame))
    _, rng = streams(households, seed)
    receipts = received(frame, catalog, rng)
    return Households.from_frame(frame, poverty_line=POVERTY_LINE), catalog, receipts
