"""The first level of a question as a readable PuLP model."""

from __future__ import annotations

from typing import Any

from povtarget.bundles import enumerate_bundles
from povtarget.formulation import formulate
from povtarget.mmkp import build_pulp
from povtarget.problem import TargetingProblem


def to_pulp(problem: TargetingProblem) -> Any:
    """Write the first level as a PuLP model, for any solver that PuLP knows or a file.

    Households are named by their position in ``problem.households`` (h0, h1 ...), never by
    identifier: a model file may be passed on, an identity number may not.

    Parameters
    ----------
    problem
        The question.

    Returns
    -------
    pulp.LpProblem
        With ``writeLP`` and ``writeMPS``; its objective is the first level's value.

    Examples
    --------
    >>> import povtarget as pt
    >>> households, catalog, receipts = pt.datasets.pekalongan(200)
    >>> problem = pt.TargetingProblem(households, catalog, receipts=receipts)
    >>> model = to_pulp(problem)
    >>> model.sense == -1, len(model.variables()) > 200  # maximise; one for each bundle
    (True, True)
    """
    formulation = formulate(problem, enumerate_bundles(problem))
    bundles = formulation.bundles.take(formulation.items(0))
    names = problem.catalog.program_names
    items = [
        f"h{household}_{'_'.join(names[p] for p in bundles.sets[number])}"
        for household, number in zip(
            bundles.household.tolist(), bundles.set_number.tolist(), strict=True
        )
    ]
    groups = [f"household_h{h}" for h in range(len(problem.households))]
    return build_pulp(formulation.mmkp(0), items, groups, "povtarget")
