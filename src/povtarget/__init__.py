"""Which households a city proposes for which poverty programs, with proof.

Every agency's budget is kept to the rupiah, duplication is least, poverty falls most, and a
certificate says how close to the best possible the plan is.
"""

from lazy_loader import attach_stub

__version__ = "0.1.0"

# A module is imported when one of its names in __init__.pyi is first used: whoever needs a part
# does not wait for all. None of these names is that of a module, but for the modules themselves.
__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
