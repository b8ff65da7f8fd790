"""Published scores, one leaderboard a benchmark, and where other scores stand among them."""
