"""The lessons in their order, and which needs which: what the map, the README and the tests agree with."""

from typing import NamedTuple

from .markdown import table


class Lesson(NamedTuple):
    """One notebook of the course."""

    number: int
    file: str  # in notebooks/
    name: str  # what its title begins with
    subject: str
    line: str  # of the map
    needs: tuple[int, ...]  # the lessons from which an arrow leads here
    helped_by: tuple[int, ...]  # those that one part of it uses
    minutes: int  # in class


BOTH, PICTURES, SEQUENCES = "both", "pictures", "sequences"
LESSONS = (
    Lesson(1, "01_neurons.ipynb", "Build a neuron", "neurons, backpropagation", BOTH, (), (), 50),
    Lesson(2, "02_sgd.ipynb", "Go downhill", "SGD, momentum, batch norm", BOTH, (1,), (), 50),
    Lesson(3, "03_cnn.ipynb", "Slide a kernel", "convolution, CNN", PICTURES, (2,), (), 50),
    Lesson(4, "04_pooling.ipynb", "Pool a picture", "max, average, L_p", PICTURES, (3,), (), 50),
    Lesson(5, "05_rnn_bptt.ipynb", "Unroll a loop", "RNN, BPTT", SEQUENCES, (2,), (3,), 50),
    Lesson(6, "06_gradients.ipynb", "Follow a gradient", "vanishing, exploding", SEQUENCES, (5,), (), 50),
    Lesson(7, "07_lstm.ipynb", "Keep a number", "LSTM", SEQUENCES, (6,), (), 50),
    Lesson(8, "08_gru.ipynb", "Keep or replace", "GRU", SEQUENCES, (7,), (), 50),
    Lesson(9, "09_pooling_over_time.ipynb", "Pooling over time", "many states, one vector", BOTH, (4, 8), (), 50),
    Lesson(10, "10_text_cnn_vs_rnn.ipynb", "Read a sentence", "CNN and RNN on text", BOTH, (9,), (), 50),
)


def contents():
    """Return the lessons as a table of links with their minutes in class."""
    rows = [(f"[{one.number:02d} {one.name}]({one.file})", one.subject, one.minutes) for one in LESSONS]
    return table(("lesson", "about", "minutes in class"), rows)
