"""Plots of results: SVG for a page, light or dark, and files. They need Matplotlib (``[report]``)."""
