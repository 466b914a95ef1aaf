"""The record: everything that was measured, judged, alerted and said, in one database. Only this package knows SQL.

Every function takes the transaction first: ``with store.transaction() as tx`` to write, ``with store.reading() as tx``
to look. Ids are integers, instants UTC milliseconds, durations milliseconds, temperatures m°C.

====================  =================================================================================================
`store.Store`         ``Store(url)``, ``.migrate()``, ``.check()``, ``.transaction()``, ``.reading()``, ``.close()``
`places`              ``put_location``, ``location_named``, ``locations``, ``put_sensor``, ``ensure_sensors``,
                      ``sensor_named``, ``sensors``, ``place``, ``take_down``, ``retire``, ``assign``, ``unassign``
`units`               what is judged: ``of_sensors``, ``at_location``, ``one``
`sources`             ``ensure``, ``keys_of``
`readings`            ``put``, ``at_instants``, ``trace``, ``latest``, ``counts``
`spans`               the seam: what stands of a sensor over a span, of the table and of the `archive` as one
`slots`               how readings lie in a SQLite table, and what finds them there
`quarantine`          ``put``, ``rows``, ``count``
`excursions`          ``open_excursion``, ``revise``, ``merge``, ``excursion``, ``numbered``, ``of_unit``,
                      ``excursions``, ``revisions``
`acknowledgements`    ``acknowledge``, ``of_excursion``, ``of_alert``
`alerts`              ``raise_alert``, ``clear``, ``alert``, ``alerts``, ``of_excursion``, ``uncleared``;
                      the outbox: ``due_deliveries``, ``next_delivery_ms``, ``delivered``, ``try_again``, ``failed``,
                      ``deliveries``
`due_work`            ``put``, ``remove``, ``rows_due``, ``when``, ``next_ms``
`memories`            what the judge remembers: ``newest``, ``put``, ``forget``
`accounts`            ``add``, ``account``, ``accounts``, ``set_password``, ``set_role``, ``disable``, ``enable``;
                      ``open_session``, ``session_account``, ``close_session``; ``note_attempt``, ``failures_since``
`preparations`        ``add``, ``add_event``, ``add_attestation``, ``one``, ``running``, ``over_since``, ``events``,
                      ``attestations``, ``touch``; `prepared` joins one with the readings of its places (`probes`)
`ledger`              ``append``; `verifying` re-computes it
====================  =================================================================================================
"""

from coldchain.records.store import Store, Transaction

__all__ = ["Store", "Transaction"]
