"""What is measured of each document."""

LATENCY_LIMITS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper ends in seconds, by which the extraction of documents is counted."""
