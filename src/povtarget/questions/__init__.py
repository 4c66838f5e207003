"""The questions that planners ask of one problem: how much, how even, at what price."""

from povtarget.questions.evenness import Evenness, fairest

__all__ = ["Evenness", "fairest"]
