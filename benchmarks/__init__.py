"""Our speed beside torch's, in one process: `python -m benchmarks` or `make bench`."""
