"""What the numbers mean: pure functions over integer m°C and UTC milliseconds.

The files in the order the data flows: `temperature`, `reading`, `quality`, `product`, `bounds`, `verdict`,
`statistics`, `excursion`, `alarm`. Nothing here reads a file, a clock or a database.
"""
