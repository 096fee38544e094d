r"""The symbols of all lessons and their names in the code: the one place that the table and its test read.

A letter that has two meanings stands twice, each with its lessons. What one formula alone needs (an index, a
constant) is explained where it stands.
"""

from typing import NamedTuple

from .markdown import Markdown, folded, table


class Symbol(NamedTuple):
    """One symbol, or a few that go together, in the order of their names in the code."""

    symbol: str  # LaTeX
    code: str  # its names, after commas
    shape: str
    range: str
    meaning: str
    lessons: tuple[int, ...]  # the first introduces it


ALL = tuple(range(1, 11))
TIME = 5, 6, 7, 8, 9, 10
ONE_MEANING = "x", "y", "N", r"\varphi"  # input, output, how many, activation: of a layer, or of a step

NOTATION = {
    "Layers and losses": (
        Symbol("x", "x", "(N, I), (N, C, H, W)", "any", "input of a layer", (1, 2, 3, 4)),
        Symbol("y", "y, out", "as the layer makes it", "any", "output of a layer", (1, 2, 3, 4)),
        Symbol(
            "w", "weight", "(I,)", "any", "weights of one neuron, or one by one; in lesson 03 of a kernel", (1, 2, 3)
        ),
        Symbol("W", "weight", "(O, I)", "any", "weights, one row for each output", (1, 6, 9, 10)),
        Symbol("b", "bias", "(O,)", "any", "bias, one number for each output", (1, 2, 3, 5, 9, 10)),
        Symbol("z", "z", "(N, O)", "any", "sum before the activation", (1,)),
        Symbol(r"\varphi", "nn.Step, nn.ReLU", "", "", "activation; $f$ in lesson 05", (1,)),
        Symbol("t", "target", "as $y$", "", "what the output should be", (1,)),
        Symbol("L", "loss", "one number", "at least 0", "how wrong the output is", (1, 2, 4, 5, 6, 7, 8, 10)),
        Symbol("dx, dy, dw", "dx, dy, weight.grad", "as $x$, $y$, $w$", "any", "gradient of the loss by it", ALL),
        Symbol("p", "softmax(x)", "(N, classes)", "0 to 1", "probability of a class", (1,)),
        Symbol("N", "len(x)", "", "at least 0", "examples in a batch", (1, 2, 3, 4)),
        Symbol("I, O", "in_features, out_features", "", "at least 1", "inputs, outputs", ALL),
        Symbol("h", "h", "(N, H)", "any", "answers of the hidden units", (1,)),
        Symbol("H", "hidden_size", "", "at least 1", "hidden units", (1, 5, 6, 7, 8, 9, 10)),
    ),
    "Learning": (
        Symbol("p", "data", "any", "any", "parameters: weights and biases", (2,)),
        Symbol("g", "grad", "as $p$", "any", "gradient of the loss by $p$", (2, 6)),
        Symbol(r"\gamma", "lr", "one number", "at least 0", "learning rate", (2,)),
        Symbol(r"\mu", "momentum", "one number", "0 to 1", "share of the last velocity that is kept", (2,)),
        Symbol("v", "momentum_buffer", "as $p$", "any", "velocity", (2,)),
        Symbol(r"\lambda", "weight_decay", "one number", "at least 0", "strength of the pull towards 0", (2,)),
        Symbol("B", "batch_size", "", "at least 1", "examples in each step", (2,)),
        Symbol(r"\bar x, \sigma^2", "running_mean, running_var", "(C,)", "any, at least 0", "mean and variance", (2,)),
        Symbol(r"\hat x", "x_hat", "as $x$", "mean 0", "input at mean 0 and variance 1", (2,)),
        Symbol(r"\epsilon", "eps", "one number", "0.00001", "guards against a division by 0", (2,)),
        Symbol(r"\lambda_{max}", "", "one number", "above 0", "largest curvature of a surface", (2,)),
    ),
    "Windows": (
        Symbol("n", "size", "", "at least 1", "pixels along one side", (3, 4)),
        Symbol("k", "kernel", "", "at least 1", "pixels that a window reads along one side", (4,)),
        Symbol("K, L", "kernel_size", "", "at least 1", "rows and columns of a kernel", (3,)),
        Symbol("s", "stride", "", "at least 1", "pixels from one window's start to the next", (3, 4)),
        Symbol("p", "padding", "", "at least 0", "imaginary pixels on each side", (3, 4)),
        Symbol("d", "dilation", "", "at least 1", "distance between the pixels of a window", (3, 4)),
        Symbol("p", "norm_type", "", "above 0", "power of the norm in $L_p$ pooling", (4, 9)),
        Symbol("o", "output_size", "", "at least 1", "bins along one side in adaptive pooling", (4,)),
        Symbol("C, H, W", "x.shape[1:]", "", "at least 1", "channels, rows and columns of a picture", (3, 4)),
        Symbol("r, j", "reach, jump", "", "at least 1", "receptive field; pixels between neighbours", (3,)),
    ),
    "Steps in time": (
        Symbol("T, N", "len(x), x.shape[1]", "", "at least 1", "steps; sequences side by side", TIME),
        Symbol("x_t", "x[t]", "(N, I)", "any", "input of step $t$", (5, 6, 7, 8)),
        Symbol("h_t", "h[t]", "(N, H)", "with tanh, −1 to 1", "state after step $t$", TIME),
        Symbol("W_{ih}, b_{ih}", "weight_ih, bias_ih", "(H, I), (H)", "any", "from input to hidden", TIME),
        Symbol("W_{hh}, b_{hh}", "weight_hh, bias_hh", "(H, H), (H)", "any", "from hidden to hidden", TIME),
        Symbol("W_{hy}, b_{hy}", "weight_hy, bias_hy", "(O, H), (O)", "any", "from hidden to output", (5,)),
        Symbol("W_{sh}, b_{sh}", "weight_sh, bias_sh", "(H, O), (H)", "any", "Jordan's state to hidden", (5,)),
        Symbol("f", "nonlinearity", "", "tanh or ReLU", "activation of a recurrent net", (5,)),
        Symbol("y_t", "y[t]", "(N, O)", "any", "output of step $t$", (5,)),
        Symbol("g", "output", "", "", "activation of the output", (5,)),
        Symbol("s_t", "s[t]", "(N, O)", "any", "Jordan's state before step $t$", (5,)),
        Symbol(r"\alpha", "alpha", "one number", "0 to below 1", "share of Jordan's state that is kept", (5,)),
        Symbol("a_t", "a", "(N, H)", "any", "sum that goes into the activation", (5, 6, 7, 8)),
        Symbol(r"\varphi, \varphi'", "phi, slope", "as $a_t$", "", "activation ($f$ in lesson 05), its slope", (6,)),
        Symbol("J_t", "jacobians(...)[t - 1]", "(H, H)", "any", "Jacobian of one step", (6,)),
        Symbol("P_t", "products(...)[t - 1]", "(H, H)", "any", "product of the first $t$ Jacobians", (6,)),
        Symbol(r"\gamma", "gamma", "one number", "at most 1 here", r"largest slope of $\varphi$", (6,)),
        Symbol(r"\rho, \sigma", "radius, sigma", "numbers", "at least 0", "largest eigenvalue, singular value", (6,)),
    ),
    "Gates, and pooling over time": (
        Symbol(r"\sigma", "sigmoid", "", "0 to 1", "sigmoid, from which all gates come", (1, 7, 8)),
        Symbol(r"i_t, f_t, o_t", "i, f, o", "(N, H)", "0 to 1", "input, forget and output gate (LSTM)", (7,)),
        Symbol("g_t", "g", "(N, H)", "−1 to 1", "candidate (LSTM)", (7,)),
        Symbol("W_{ii}, W_{if}, W_{ig}, W_{io}", "weight_ih", "(4H, I) in all", "any", "from the input (LSTM)", (7,)),
        Symbol("W_{hi}, W_{hf}, W_{hg}, W_{ho}", "weight_hh", "(4H, H) in all", "any", "from the state (LSTM)", (7,)),
        Symbol("c_t", "c", "(N, H)", "any", "cell (LSTM)", (7,)),
        Symbol("r_t, z_t, n_t", "r, z, n", "(N, H)", "0 to 1; n −1 to 1", "reset, update, candidate (GRU)", (8,)),
        Symbol("W_{ir}, W_{iz}, W_{in}", "weight_ih", "(3H, I) in all", "any", "from the input (GRU)", (8,)),
        Symbol("W_{hr}, W_{hz}, W_{hn}", "weight_hh", "(3H, H) in all", "any", "from the state (GRU)", (8,)),
        Symbol("x_t", "x[t]", "(N, H)", "any", "state of step $t$, to be pooled", (9,)),
        Symbol("y", "out", "(N, H)", "any", "pooled vector", (9,)),
        Symbol("L", "mask.sum(0), lengths", "(N,)", "1 to T", "steps that are real, not padding", (9,)),
        Symbol("mask", "mask", "(T, N)", "True or False", "True at real steps", (9,)),
        Symbol("a_t, s_t", "weights, scores", "(T, N)", "0 to 1; any", "weight and score of a step in attention", (9,)),
        Symbol("v", "vector", "(A,)", "any", "what attention compares the steps with", (9,)),
    ),
    "Text": (
        Symbol("V", "len(vocabulary)", "", "at least 1", "words of a vocabulary", (10,)),
        Symbol(r"\mathrm{idf}", "idf", "(V,)", "at least 1", "weight of a word by its rarity", (10,)),
        Symbol("x_t", "x[t]", "(E,)", "any", "vector of word $t$", (10,)),
        Symbol("K_f", "kernels[f]", "(k, E)", "any", "filter $f$ of a text CNN", (10,)),
        Symbol("k, E, F", "kernels.shape", "", "at least 1", "words in a window; numbers of a word; filters", (10,)),
        Symbol("c_{tf}", "found[t][f]", "one number", "at least 0", "answer of filter $f$ from word $t$ on", (10,)),
        Symbol("y", "y", "(V,) or (F,)", "any", "vector of a text", (10,)),
    ),
}


def symbols():
    """Every symbol, in the order of the table."""
    return [symbol for group in NOTATION.values() for symbol in group]


def notation():
    """Return the tables, one folded part for each group, and one of the letters that have several meanings."""
    head = "symbol", "code", "shape", "range", "meaning", "lesson"
    parts = [folded(title, table(head, map(_row, group))) for title, group in NOTATION.items()]
    rows = [
        (f"${letter}$", "; ".join(f"{entry.lessons[0]:02d} {entry.meaning}" for entry in entries))
        for letter, entries in several_meanings().items()
    ]
    return Markdown(
        "\n\n".join([*parts, folded("One letter, several meanings", table(("letter", "from lesson"), rows))])
    )


def several_meanings():
    """The letters that stand for different things in different lessons, each with its entries in that order."""
    meanings = {}
    for entry in sorted(symbols(), key=lambda entry: entry.lessons):
        for symbol in entry.symbol.split(", "):
            meanings.setdefault(symbol.removesuffix("_t").removesuffix("^2"), []).append(entry)
    return {letter: entries for letter, entries in meanings.items() if len(entries) > 1 and letter not in ONE_MEANING}


def _row(symbol):
    codes = ", ".join(f"`{name}`" for name in symbol.code.split(", ") if name)
    return f"${symbol.symbol}$", codes, symbol.shape, symbol.range, symbol.meaning, f"{symbol.lessons[0]:02d}"
