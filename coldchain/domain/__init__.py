"""What the numbers mean: pure functions over integer m°C and UTC milliseconds.

Nothing here reads a file, a clock or a database. The files in the order the data flows:

=====================  ================================================================================================
quantities             `temperature`, `duration`, `instant`, `natural` (the order of names)
readings               `reading` (and traces), `quality` (faults), `probe_kinds`, `devices` (findings about sensors)
rules                  `limits`, `product`, `yardstick` (how long a good reading is believed)
the judge              `runs`, `bounds` (the three durations), `episodes`, `progress` (piece by piece), `window`,
                       `verdict`, `unsettled`, `running_out`, `statistics`; `calm` (when nothing changes)
several traces         `probes`, `together`, `exposure` and `ways` (an item's whole way), `item`;
                       `extremes` and `judging_extremes` (of devices that keep no readings)
prepared medicines     `course`, `clocks`, `preparation`
what follows           `excursion` (which one it is), `alarm`, `telling`, `disposition`
=====================  ================================================================================================
"""
