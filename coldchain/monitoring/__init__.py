"""The live way in: MQTT and HTTP feeds, the ingest step, and what is due by the clock."""
