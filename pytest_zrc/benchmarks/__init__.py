"""The benchmarks, as data: subsets, conditions, defaults, published scores."""
