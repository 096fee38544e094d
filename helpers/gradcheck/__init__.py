"""Check an implementation's backward: against central differences, number by number, and against torch.

Both take whatever has a forward and a backward: layers, recurrent nets and cells with their states, losses, layers of
indices, and layers that change in a call. The layer itself stays as it is: a copy is run.
"""

from .differences import gradcheck
from .referee import compare_with_torch
from .report import FINEST_TO_DIFFERENCES, FINEST_TO_TORCH, Check, Report, largest_difference, power

__all__ = [
    "FINEST_TO_DIFFERENCES",
    "FINEST_TO_TORCH",
    "Check",
    "Report",
    "compare_with_torch",
    "gradcheck",
    "largest_difference",
    "power",
]
