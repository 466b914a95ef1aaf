"""What the pages ask of the record; nothing here writes.

`counts` for the frame of every page, `locations` for the overview, `series` for charts, `excursions`, `quarantine`.
"""
