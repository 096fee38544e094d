"""The labs: an App that wires controls to a State, its computing and its picture, and one factory a lab."""

from .batch_norm import batch_norm_lab
from .cliff import cliff_lab
from .convolution import convolution_lab, receptive_field_lab
from .curve_fit import curve_fit_lab
from .descent import descent_lab
from .gradients import spectral_lab
from .gru import gru_lab
from .lstm import lstm_lab
from .neuron import neuron_lab
from .pooling import pooling_lab
from .reading import reading_lab
from .rnn import rnn_lab
from .time_pooling import pooling_over_time_lab

__all__ = [
    "batch_norm_lab",
    "cliff_lab",
    "convolution_lab",
    "curve_fit_lab",
    "descent_lab",
    "gru_lab",
    "lstm_lab",
    "neuron_lab",
    "pooling_lab",
    "pooling_over_time_lab",
    "reading_lab",
    "receptive_field_lab",
    "rnn_lab",
    "spectral_lab",
]
