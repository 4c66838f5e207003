"""An interior-point method for the LP relaxation that never builds its group rows.

The relaxation has one row for each group and a few coupling rows:

    max  value . x   s.t.  sum_{j in g} x_j + s_g = 1,   usage' x + t = upper,   x, s, t >= 0

with prices pi of the coupling rows, u of the groups, and reduced losses
z_j = u_g + pi . usage_j - value_j >= 0. Mehrotra's predictor-corrector (1992, SIAM Journal on
Optimization 2) needs in each iteration the solution of normal equations over (u, pi). Their
group part is diagonal, so it is eliminated and what is left has one row for each price:

    S = sum_j d_j a_j a_j'  -  sum_g m_g m_g' / d_g  +  diag(t / pi)                         (4)

with d_j = x_j / z_j, m_g = sum of d_j a_j over its items, and d_g = sum of d_j + s_g / u_g.
An iteration costs two passes over the items, however many groups there are; identical groups
and ties, which make simplex methods crawl, do no harm. The result is a pair: prices, whose dual
value is a bound for any prices, and shares x in the middle of all optimal ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse

from povtarget.mmkp.model import MMKP, Floats
from povtarget.mmkp.pricing import best_in_group, reduced_values, row_term, signed, usual_value
from povtarget.mmkp.watch import Asked, always

_MOST_ITERATIONS = 150
_TO_BORDER = 0.9995  # of the longest step that keeps everything positive
_STALLED = 15  # iterations without progress
_RIDGE = 1e-13
_CORRECTORS = 5
_STRETCH = 1.5
_LEAST_GAIN = 0.02
_DEAR = 1e3  # times a usual price: what an elastic row may cost
_CENTRE = 0.3
_LOW, _HIGH = 0.1, 10.0


@dataclass(frozen=True, eq=False)
class Relaxed:
    """A solution of the LP relaxation.

    Parameters
    ----------
    prices
        float64[rows], of the signs that equation (3) allows.
    dual
        D(prices), equation (3).
    shares
        float64[items].
    excess
        Largest violation of a coupling row by the shares, relative to the row's size.
    distance
        Relative distance between the dual value and the shares' value.
    """

    prices: Floats
    dual: float
    shares: Floats
    excess: float
    distance: float

    @property
    def error(self) -> float:
        """How far prices and shares are from proving each other."""
        return max(self.excess, abs(self.distance))

    def is_accurate(self, accuracy: float) -> bool:
        """Whether prices and shares prove each other."""
        return self.error <= accuracy


def relax(problem: MMKP, *, accuracy: float = 1e-9, goes_on: Asked = always) -> Relaxed:
    """Solve the LP relaxation of a problem whose rows have coefficients of magnitude 1.

    Parameters
    ----------
    problem
        The problem; every required group has an item.
    accuracy
        Where to stop: relative distance of values, and relative excess of rows.
    goes_on
        Told the dual value and its prices after each iteration; False stops.
    """
    if not problem.num_items:
        return without_items(problem)
    lp = _Standard(problem)
    point = lp.start()
    best = lp.judge(point)
    least, since = math.inf, 0
    for _ in range(_MOST_ITERATIONS):
        if best.is_accurate(accuracy) or since > _STALLED or not goes_on(best.dual, best.prices):
            break
        with np.errstate(all="ignore"):  # without a solution, points run to infinity
            moved = lp.iterate(point)
        if moved is None:
            break
        point, found = moved, lp.judge(moved)
        if found.error < best.error:
            best = found
        left = lp.mean_product(point)
        least, since = (left, 0) if left < 0.8 * least else (least, since + 1)
    return best


def without_items(problem: MMKP) -> Relaxed:
    """The relaxation where there is nothing to choose."""
    excess = float(np.maximum(problem.lower, -problem.upper).max(initial=0.0) > 0)
    return Relaxed(np.zeros(problem.num_rows), 0.0, np.empty(0), excess, 0.0)


@dataclass(frozen=True, eq=False)
class _Point:
    """A positive primal-dual point: x with z, empty groups s with u, row slacks t with prices pi,
    what elastic rows lack e with what is left of their dearest price w.
    """

    x: Floats
    z: Floats
    s: Floats
    u: Floats
    t: Floats
    pi: Floats
    e: Floats
    w: Floats


class _Standard:
    """The relaxation with every row as an upper bound, and the linear algebra of equation (4)."""

    def __init__(self, problem: MMKP) -> None:
        self.problem = problem
        entries = np.bincount(problem.usage.indices, minlength=problem.num_rows)
        upper = np.isfinite(problem.upper) & (entries > 0)
        lower = np.isfinite(problem.lower) & (entries > 0)
        self.is_equal = (problem.upper == problem.lower)[upper]
        only_lower = lower & ~(problem.upper == problem.lower)
        self.row = np.concatenate([np.flatnonzero(upper), np.flatnonzero(only_lower)])
        self.sign = np.repeat([1.0, -1.0], [upper.sum(), only_lower.sum()])
        self.is_elastic = self.sign < 0
        self.is_equal = np.concatenate([self.is_equal, np.zeros(only_lower.sum(), dtype=bool)])
        self.limit = np.concatenate([problem.upper[upper], -problem.lower[only_lower]])
        usage = sparse.csr_array(problem.usage)[:, self.row] @ sparse.diags_array(self.sign)
        self.usage = sparse.csr_array(usage)
        self.usage.sort_indices()
        self.entries = np.maximum(entries[self.row], 1)
        filled = problem.filled
        self.starts = problem.starts[filled]
        self.group = np.repeat(np.arange(filled.size), np.diff(problem.starts)[filled])
        self.may_be_empty = ~problem.required[filled]
        self.value = problem.value
        self.size = 1.0 + np.abs(self.limit)
        self._scatter = sparse.csr_array(
            (
                np.ones(self.group.size),
                np.arange(self.group.size),
                [*self.starts, self.group.size],
            ),
            shape=(filled.size, self.group.size),
        )

    def by_group(self, numbers: Floats) -> Floats:
        return np.asarray(np.add.reduceat(numbers, self.starts))

    def start(self) -> _Point:
        """A point inside: shares small enough for every upper row, prices that leave no loss 0.

        Rows with lower bounds may be missed at first; so may groups that must choose.
        """
        counts = np.diff(self.starts, append=self.group.size)
        even = (1.0 / (counts + 1.0))[self.group]
        used = np.maximum(np.asarray(abs(self.usage).T @ even), 1e-300)
        room = np.clip(0.5 * self.limit / used, 1e-3, 1.0)
        x = even * self._least_room(room)
        x = np.where(self.may_be_empty[self.group], x, even)
        s = np.where(self.may_be_empty, 1.0 - self.by_group(x), 0.0)
        gap = self.limit - np.asarray(self.usage.T @ x)
        t = np.where(self.is_equal, 0.0, np.maximum(gap, 0.1 * (np.abs(gap) + 1.0)))
        worth = usual_value(self.problem)
        cost = np.asarray(abs(self.usage).sum(axis=0)).ravel() / self.entries
        pi = np.where(self.is_equal, 0.0, 0.3 * worth / cost)
        t = np.where(self.is_elastic, np.maximum(gap, 0.0) + 0.1 * (np.abs(gap) + 1.0), t)
        gain = self.value - self.usage @ pi
        u = np.maximum.reduceat(gain, self.starts)
        u = np.where(self.may_be_empty, np.maximum(u, 0.0), u) + worth
        e = np.where(self.is_elastic, t - gap, 0.0)
        w = np.where(self.is_elastic, (_DEAR - 1.0) * pi, 1.0)
        return _Point(x, u[self.group] - gain, s, u, t, pi, e, w)

    def _least_room(self, room: Floats) -> Floats:
        """For each item the least room of the rows that it uses."""
        least = np.ones(self.group.size)
        used = np.flatnonzero(np.diff(self.usage.indptr))
        if used.size:
            of_entry = np.where(self.usage.data > 0, room[self.usage.indices], 1.0)
            least[used] = np.minimum.reduceat(of_entry, self.usage.indptr[used])
        return least

    def judge(self, point: _Point) -> Relaxed:
        """Equation (3) at these prices, and how well the shares do."""
        problem = self.problem
        prices = np.zeros(problem.num_rows)
        np.add.at(prices, self.row, self.sign * point.pi)
        prices = signed(problem, prices)
        best = best_in_group(problem, reduced_values(problem, prices))
        dual = row_term(problem, prices) + float(best.sum())
        over = np.asarray(self.usage.T @ point.x) - self.limit
        over = np.where(self.is_equal, np.abs(over), np.maximum(over, 0.0)) / self.size
        groups = self.by_group(point.x)
        short = np.where(self.may_be_empty, np.maximum(groups - 1.0, 0.0), np.abs(groups - 1.0))
        excess = max(float(over.max(initial=0.0)), float(short.max(initial=0.0)))
        value = _dot(self.value, point.x)
        return Relaxed(prices, dual, point.x, excess, (dual - value) / max(abs(dual), 1e-12))

    def iterate(self, p: _Point) -> _Point | None:
        """One predictor step with Gondzio's correctors; None where the arithmetic gives out."""
        mu = self.mean_product(p)
        system = self._factor(p)
        if system is None or not mu > 0:
            return None
        nothing = _Products(-p.x * p.z, -p.s * p.u, -p.t * p.pi, -p.e * p.w)
        ahead = self._moved(p, self._direction(p, system, nothing, True), 1.0)
        centre = min((self.mean_product(ahead) / mu) ** 3, _CENTRE) * mu
        wanted = _Products(
            centre - p.x * p.z, centre - p.s * p.u, centre - p.t * p.pi, centre - p.e * p.w
        )
        step = self._direction(p, system, wanted, True)
        reach = self._reach(p, step)
        for _ in range(_CORRECTORS):
            # how far one would like to go, and the products that stand in the way there
            wish = tuple(min(1.0, _STRETCH * a + 0.1) for a in reach)
            trial = _along(p, step, *wish)
            lift = _Products(
                *(
                    np.clip(np.clip(v, _LOW * centre, _HIGH * centre) - v, -_HIGH * centre, None)
                    for v in (
                        trial.x * trial.z,
                        trial.s * trial.u,
                        trial.t * trial.pi,
                        trial.e * trial.w,
                    )
                )
            )
            other = _added(step, self._direction(p, system, lift, False))
            longer = self._reach(p, other)
            if _worth(longer) < _worth(reach) + _LEAST_GAIN:
                break
            step, reach = other, longer
        a, b = (min(1.0, _TO_BORDER * r) for r in reach)
        moved = _along(p, step, a, b)
        return moved if np.all(np.isfinite(moved.pi)) and np.all(np.isfinite(moved.x)) else None

    def mean_product(self, p: _Point) -> float:
        """Mean of the products that are 0 at an optimum."""
        pairs = np.count_nonzero(self.may_be_empty) + p.x.size
        pairs += np.count_nonzero(~self.is_equal) + np.count_nonzero(self.is_elastic)
        total = _dot(p.x, p.z) + _dot(p.s, p.u) + _dot(p.t, p.pi) + _dot(p.e, p.w)
        return total / pairs

    def _factor(self, p: _Point) -> _System | None:
        d = p.x / p.z
        d_empty = np.where(self.may_be_empty, p.s / np.where(self.may_be_empty, p.u, 1.0), 0.0)
        of_group = self.by_group(d) + d_empty
        weighted = sparse.csr_array(
            (
                self.usage.data * np.repeat(d, np.diff(self.usage.indptr)),
                self.usage.indices,
                self.usage.indptr,
            ),
            shape=self.usage.shape,
        )
        mean = sparse.csr_array(self._scatter @ weighted)
        scaled = sparse.csr_array(
            (mean.data / np.repeat(of_group, np.diff(mean.indptr)), mean.indices, mean.indptr),
            shape=mean.shape,
        )
        slack = np.where(self.is_equal, 0.0, p.t / np.where(self.is_equal, 1.0, p.pi)) + p.e / p.w
        schur = np.asarray((self.usage.T @ weighted - mean.T @ scaled).toarray())
        schur[np.diag_indices_from(schur)] += slack
        ridge = _RIDGE * np.maximum(np.diag(schur), np.diag(schur).max(initial=1.0) * 1e-12)
        schur[np.diag_indices_from(schur)] += ridge + 1e-300
        try:
            factor = linalg.cho_factor(schur, check_finite=True)
        except (linalg.LinAlgError, ValueError):
            return None
        return _System(of_group, mean, factor)

    def _direction(self, p: _Point, system: _System, products: _Products, is_full: bool) -> _Point:
        """The step that changes the products as asked; a full one removes the residuals too."""
        r_x = products.x
        r_s = np.where(self.may_be_empty, products.s, 0.0)
        r_t = np.where(self.is_equal, 0.0, products.t)
        r_e = np.where(self.is_elastic, products.e, 0.0)
        lack_z, lack_g, lack_r = self._residuals(p) if is_full else (0.0, 0.0, 0.0)
        # dz = du + a.dpi - lack_z ; dx = (r_x - x dz) / z ; ds = (r_s - s du) / u ; ...
        base_x = (r_x + p.x * lack_z) / p.z
        safe_u = np.where(self.may_be_empty, p.u, 1.0)
        safe_pi = np.where(self.is_equal, 1.0, p.pi)
        right_g = self.by_group(base_x) + r_s / safe_u - lack_g
        right_r = np.asarray(self.usage.T @ base_x) + r_t / safe_pi - r_e / p.w - lack_r
        dpi = linalg.cho_solve(
            system.factor,
            right_r - np.asarray(system.mean.T @ (right_g / system.of_group)),
            check_finite=False,
        )
        du = (right_g - np.asarray(system.mean @ dpi)) / system.of_group
        dz = du[self.group] + self.usage @ dpi - lack_z
        dx = (r_x - p.x * dz) / p.z
        ds = np.where(self.may_be_empty, (r_s - p.s * du) / safe_u, 0.0)
        dt = np.where(self.is_equal, 0.0, (r_t - p.t * dpi) / safe_pi)
        dw = np.where(self.is_elastic, -dpi, 0.0)
        de = (r_e - p.e * dw) / p.w
        return _Point(dx, dz, ds, du, dt, dpi, de, dw)

    def _residuals(self, p: _Point) -> tuple[Floats, Floats, Floats]:
        return (
            self.value - p.u[self.group] - self.usage @ p.pi + p.z,
            1.0 - self.by_group(p.x) - p.s,
            self.limit - np.asarray(self.usage.T @ p.x) - p.t + p.e,
        )

    def _reach(self, p: _Point, step: _Point) -> tuple[float, float]:
        """How far primal and dual may go before something is 0."""
        primal = min(
            _longest(p.x, step.x),
            _longest(p.s, step.s),
            _longest(p.t, step.t),
            _longest(p.e, step.e),
        )
        dual = min(
            _longest(p.w, step.w),
            _longest(p.z, step.z),
            _longest(p.u[self.may_be_empty], step.u[self.may_be_empty]),
            _longest(p.pi[~self.is_equal], step.pi[~self.is_equal]),
        )
        return primal, dual

    def _moved(self, p: _Point, step: _Point, share: float) -> _Point:
        a, b = (min(1.0, share * r) for r in self._reach(p, step))
        return _along(p, step, a, b)


@dataclass(frozen=True, eq=False)
class _Products:
    """Changes asked of the products x z, s u, t pi, e w."""

    x: Floats
    s: Floats
    t: Floats
    e: Floats


@dataclass(frozen=True, eq=False)
class _System:
    """Equation (4), factored, and what is needed to recover the groups' part."""

    of_group: Floats
    mean: sparse.csr_array
    factor: tuple[Floats, bool]


def _dot(a: Floats, b: Floats) -> float:
    """A sum of products in one order whatever the number of threads, unlike that of BLAS."""
    return float((a * b).sum())


def _worth(reach: tuple[float, float]) -> float:
    """Both steps count, the shorter one more; beyond 1 there is nothing to go to."""
    return min(1.0, *reach) + 0.5 * (min(1.0, reach[0]) + min(1.0, reach[1]))


def _along(p: _Point, step: _Point, primal: float, dual: float) -> _Point:
    return _Point(
        p.x + primal * step.x,
        p.z + dual * step.z,
        p.s + primal * step.s,
        p.u + dual * step.u,
        p.t + primal * step.t,
        p.pi + dual * step.pi,
        p.e + primal * step.e,
        p.w + dual * step.w,
    )


def _added(a: _Point, b: _Point) -> _Point:
    return _Point(
        a.x + b.x, a.z + b.z, a.s + b.s, a.u + b.u, a.t + b.t, a.pi + b.pi, a.e + b.e, a.w + b.w
    )


def _longest(numbers: Floats, step: Floats) -> float:
    falling = step < 0
    return float(np.min(numbers[falling] / -step[falling], initial=math.inf))
