"""`/api/v1` for programs, `/healthz` and `/metrics` for whoever keeps the service running."""
