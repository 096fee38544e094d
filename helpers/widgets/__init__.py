"""The labs: an App that wires controls to a State, its computing and its picture, and one factory a lab."""

from .pooling import pooling_lab

__all__ = ["pooling_lab"]
