"""Logger files into the service: kept, read with what people declare, judged, filed.

`reading` makes of bytes and declarations what was understood or what has to be asked, `receiving` keeps it, `filing`
judges and files, `unpacking` opens what was sent. Readers and questions are those of `loggers`, the judge is that of
`auditing`; a file that is the trace of an item's transport goes the way of `reviewing.shipping`.
"""
