"""Mutated messages of every sensor system, through the real ingest step into a real record.

``python -m tests.payloads.fuzzing --seconds 600`` runs a campaign and prints what it found; ``--case 7:12`` repeats one
of its cases, which is the whole life of one record.
"""
