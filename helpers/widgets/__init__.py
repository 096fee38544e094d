"""The labs: an App that wires controls to a State, its computing and its picture, and one factory a lab."""

from .curve_fit import curve_fit_lab
from .neuron import neuron_lab
from .pooling import pooling_lab

__all__ = ["curve_fit_lab", "neuron_lab", "pooling_lab"]
