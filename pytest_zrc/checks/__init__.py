"""The checks of a submission: pure functions that return findings."""
