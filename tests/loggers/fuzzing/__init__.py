"""Mutated logger files: no reader crashes, hangs, or takes memory that a file of that size cannot be worth.

``python -m tests.loggers.fuzzing --seconds 1200`` runs a campaign and prints what it found; ``--case 7:1234`` repeats
one of its cases.
"""
