"""Known answers that a user runs against the installed program: published calculations, worked cases, the tables."""
