"""The verbs of applications: keyword-only actor and at, one transaction, one event per step taken."""
