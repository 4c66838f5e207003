"""The questions that planners ask of one problem: how much, how even, at what price."""

from povtarget.questions.alternatives import Alternatives, alternatives
from povtarget.questions.evenness import Evenness, fairest
from povtarget.questions.frontier import Frontier, frontier
from povtarget.questions.minimum_cost import minimum_cost
from povtarget.questions.price_ranges import PriceRanges, price_ranges
from povtarget.questions.reallocation import Reallocation, reallocate

__all__ = [
    "Alternatives",
    "Evenness",
    "Frontier",
    "PriceRanges",
    "Reallocation",
    "alternatives",
    "fairest",
    "frontier",
    "minimum_cost",
    "price_ranges",
    "reallocate",
]
