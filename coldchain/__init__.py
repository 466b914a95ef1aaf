"""Cold-chain compliance: temperatures judged against what each medicine's label allows."""

__version__ = "0.1.0"
