"""A submission: a folder of arrays, with meta.yaml and params.yaml."""
