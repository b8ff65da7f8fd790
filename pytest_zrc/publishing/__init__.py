"""Submissions on their way to the leaderboard: are they ready, and the steps until the server has them."""
