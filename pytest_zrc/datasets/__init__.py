"""Datasets: which files a subset has, and its item files."""
