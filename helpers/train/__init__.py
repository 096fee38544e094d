"""One training loop for all lessons: `fit` trains a model and returns the History of the run.

`train_step` is the step that `fit` repeats, `evaluate` measures a model with metrics such as `accuracy`, and
`over_seeds` collects runs that differ in their seed alone.
"""

from .history import History
from .loop import fit, train_step
from .measure import accuracy, evaluate
from .seeds import Runs, over_seeds

__all__ = ["History", "Runs", "accuracy", "evaluate", "fit", "over_seeds", "train_step"]
