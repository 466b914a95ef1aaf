"""The tables. Instants are UTC milliseconds, durations milliseconds, temperatures m°C: integers on every database.

What an auditor may ask about is appended: ``excursion_revision``, ``acknowledgement``, ``delivery_attempt`` and
``ledger`` rows are never updated or deleted. A ``quarantine`` row is never deleted either: it counts further copies of
the same, and says when what it holds came to stand after all.
"""

from coldchain.records.tables.alerts import alert, delivery_attempt, due, outbox
from coldchain.records.tables.columns import metadata
from coldchain.records.tables.excursions import acknowledgement, disposition, excursion, excursion_revision, memory
from coldchain.records.tables.imports import (
    import_acknowledgement,
    import_attempt,
    import_batch,
    import_batch_file,
    import_file,
    import_filing,
    layout,
)
from coldchain.records.tables.items import item, item_event, kept_file, shipment, shipment_channel
from coldchain.records.tables.people import account, adoption, ledger, session, sign_in_attempt
from coldchain.records.tables.places import assignment, device, device_finding, location, placement, sensor
from coldchain.records.tables.preparations import preparation, preparation_attestation, preparation_event
from coldchain.records.tables.readings import (
    announcement,
    disturbed,
    ingesting,
    kafka_offset,
    latest,
    quarantine,
    reading,
    sealed_day,
    source,
)

__all__ = [
    "account",
    "acknowledgement",
    "adoption",
    "alert",
    "announcement",
    "assignment",
    "delivery_attempt",
    "device",
    "device_finding",
    "disposition",
    "disturbed",
    "due",
    "excursion",
    "excursion_revision",
    "import_acknowledgement",
    "import_attempt",
    "import_batch",
    "import_batch_file",
    "import_file",
    "import_filing",
    "ingesting",
    "item",
    "item_event",
    "kafka_offset",
    "kept_file",
    "latest",
    "layout",
    "ledger",
    "location",
    "memory",
    "metadata",
    "outbox",
    "placement",
    "preparation",
    "preparation_attestation",
    "preparation_event",
    "quarantine",
    "reading",
    "sealed_day",
    "sensor",
    "session",
    "shipment",
    "shipment_channel",
    "sign_in_attempt",
    "source",
]
