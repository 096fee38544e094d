"""Layers under torch.nn's names, argument order and defaults, over NumPy arrays.

`y = layer(x)` runs a layer; `dx = layer.backward(dy)` returns the gradient of its input and adds up those of its
parameters.
"""

from . import init, utils
from .activation import LeakyReLU, LogSoftmax, ReLU, Sigmoid, Softmax, Step, Tanh
from .adaptive_pooling import AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveMaxPool1d, AdaptiveMaxPool2d
from .cell import GRUCell, LSTMCell, RNNCell
from .container import Sequential
from .conv import Conv1d, Conv2d
from .cross_entropy import CrossEntropyLoss, NLLLoss
from .embedding import Embedding
from .flatten import Flatten
from .jordan import JordanRNN
from .linear import Identity, Linear
from .loss import BCELoss, BCEWithLogitsLoss, L1Loss, MSELoss
from .lp_pooling import LPPool1d, LPPool2d
from .module import Module
from .normalization import BatchNorm1d, BatchNorm2d
from .parameter import Parameter
from .pooling import AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d
from .residual import Residual
from .rnn import GRU, LSTM, RNN
from .sequence_model import SequenceModel
from .sequence_pooling import SequencePool

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AvgPool1d",
    "AvgPool2d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv1d",
    "Conv2d",
    "CrossEntropyLoss",
    "Embedding",
    "Flatten",
    "GRUCell",
    "Identity",
    "JordanRNN",
    "L1Loss",
    "LPPool1d",
    "LPPool2d",
    "LSTMCell",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MSELoss",
    "MaxPool1d",
    "MaxPool2d",
    "Module",
    "NLLLoss",
    "Parameter",
    "RNNCell",
    "ReLU",
    "Residual",
    "SequenceModel",
    "SequencePool",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Step",
    "Tanh",
    "init",
    "utils",
]
