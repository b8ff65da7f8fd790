"""Gates: what scores must not exceed."""
