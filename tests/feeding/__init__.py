"""Tests of the way in from Kafka."""
