"""Pictures of results: grids of numbers and windows as scenes (vector), curves and images with matplotlib."""
