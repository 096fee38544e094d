"""Our speed beside torch's, how it grows, what starting costs and how fast labs answer: `make bench`."""
