"""Which households a city proposes for which poverty programs, with proof."""

__version__ = "0.1.0"
