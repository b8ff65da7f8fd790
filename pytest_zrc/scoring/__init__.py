"""Scores of a submission: what is to be computed, where results are kept, and that nothing is computed twice."""
