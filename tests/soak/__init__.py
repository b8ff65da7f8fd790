"""What takes too long for every run of the tests: each module is a command, and has a small test beside it."""
