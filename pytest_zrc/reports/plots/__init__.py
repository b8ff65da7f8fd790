"""Plots of results: SVG that fits in with a light and a dark page, and PNG. They need matplotlib (``[report]``)."""
