"""The record: everything that was measured, judged, alerted and said, in one database. Only this package knows SQL.

Every function takes the transaction first: ``with store.transaction() as tx`` to write, ``with store.reading() as tx``
to look. Ids are integers, instants UTC milliseconds, durations milliseconds, temperatures m°C.

=====================  ================================================================================================
the database           `store` (transactions), `connecting`, `failing` (what its errors mean), `tables`, `schema` and
                       `migrations`, `among` (many keys at once), `service_lock` (one service a record), `copies`
places and sensors     `places`, `listing` (thousands declared at once), `units` (what is judged)
what was measured      `sources`, `readings` and `slots` (how they lie), `archive` (sealed days), `spans` (both as one),
                       `probes` (of some places), `quarantine`, `newcomers`, `kafka_offsets`
the judge              `memories`, `heard` (what the ingest step keeps in mind), `excursions`, `continuing`
who is told            `alerts` (with the outbox), `due_work`
what people say        `acknowledgements`, `dispositions`, `reopening`, `adoptions`, `accounts`
medicines              `preparations`, `prepared`; `items`, `histories`, `whole_ways`, `shipments`
files                  `kept_files`, `imports`, `import_batches`, `layouts` (learned)
devices                `device_reports`, `device_findings`, `announcements`
what proves it         `ledger` (the hash chain), `verifying`
who looks              `views` (for the pages), `watching` (for whoever keeps the service running)
=====================  ================================================================================================
"""

from coldchain.records.store import Store, Transaction

__all__ = ["Store", "Transaction"]
