"""The live way in: messages to readings in the record, judged and told of, and what is due by the clock.

=====================  ================================================================================================
MQTT                   at a broker: `session`, `subscriber`; in bulk: `mqtt_wire`, `mqtt_reader`, `receiver`;
                       a broker of our own: `embedded` and all that begins with its name; `status`
Kafka                  `kafka_topic`, `kafka` (in), `kafka_writer`, `kafka_bridge` (from MQTT)
on their way           `arriving` (decoded or refused), `incoming`, `lanes`, `batches`, `worker` (answers after COMMIT),
                       `allowance`, `pace`, `newcomers` (how much and how many), `refusals`
the ingest step        `ingest`, `sorting_out`, `standing` (which value), `devices` (what they say of themselves);
                       the common case, many at once: `hot`, `calmness`, `settling`
judging                `judging`, `rules`, `recalling`, `knowing`, `ending`, `silence`, `due` (by the clock)
telling                `alerting`, `alert_words`, `adopted`, `still`, `reopening`
prepared medicines     `reasons`, `preparing`
lots and packs         `budgets`, `stock`, `telling_of_items`
=====================  ================================================================================================
"""
