"""Reports of a run's results. They read results and compute nothing."""
