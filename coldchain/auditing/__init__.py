"""Files in, verdicts out: no server, no database, the same judge as live monitoring.

`audited` holds the values, `file` makes them from one logger file, `contract` writes them as ``coldchain.audit/1``,
`table` as CSV, `many` takes whole folders through several processes.
"""
