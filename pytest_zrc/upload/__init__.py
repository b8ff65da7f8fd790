"""Uploads: accounts, the server's HTTP interface, archives and their transfer. Knows folders and HTTP, no scores."""
