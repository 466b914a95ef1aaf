"""The bridge from MQTT into Kafka: a program of its own, which needs neither the record nor the pages.

`address` (the settings' broker), `program` (made from the settings, and told of),
`watching` (``/healthz`` and ``/metrics``).
"""
