"""A plan as workbooks: for whoever decides, for agencies, for meetings, and for the public.

``write_workbook`` writes one workbook with names, for the agencies; ``write_meetings`` one for
each kelurahan, which `povtarget.read_decisions` reads back; ``write_public_workbook`` one without
households, in which small counts are hidden.
"""

from povtarget.workbook.books import write_meetings, write_public_workbook, write_workbook
from povtarget.workbook.privacy import codes, new_key

__all__ = ["codes", "new_key", "write_meetings", "write_public_workbook", "write_workbook"]
