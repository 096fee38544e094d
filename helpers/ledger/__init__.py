"""The verification ledger: every implementation of the course, run over a grid of settings against its referees.

`python -m helpers.ledger`, or `make ledger`, runs all of it in a minute or two; `--quick` a part of each grid in
seconds. What an implementation computes and each of its gradients is compared with torch, each gradient also with
central differences. A difference beyond its bound is shown, and the command fails.
"""

from .book import Ledger, Row, chosen, run

__all__ = ["Ledger", "Row", "chosen", "run"]
