"""The mathematics: pure NumPy functions, forward and backward. Arguments are trusted here; `helpers.nn` checks them."""
