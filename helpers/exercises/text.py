"""Questions and checkers for the lesson on text."""

import numpy as np

from helpers import data, nn
from helpers.show import asker, check

QUESTIONS = {
    "bag": (
        "A model is told how often each word stands in a sentence, and nothing else. Which two sentences are the same "
        "to it?",
        {
            "good / very good": "No. The second has a word more.",
            "not good but bad / not bad but good": "Yes: four words, each once, in both. This is their bag of words.",
            "the film was good / the film was bad": "No. One has good, the other bad.",
        },
    ),
    "rare": (
        "Three texts: the rain fell; the choir sang; the rain stopped. Which word of the first one says most about it?",
        {
            "the": "No. It stands in all three, and tells none from another.",
            "rain": "Not the most: it stands in two of the three.",
            "fell": "Yes: it stands in this text alone.",
        },
    ),
    "pairs": (
        "Sentences come in such pairs, one of each class. What share does a linear model on TF-IDF name right?",
        {
            "about half": "Nearly. But here nothing is left to chance.",
            "exactly half": "Yes: a pair gets one score, so it gets one class, which is right for one of the two.",
            "all, with enough training": "No. No weights give one vector two scores.",
        },
    ),
    "sizes": (
        "7 words, 16 filters of 2 words. How many windows has a filter, and how many numbers reach the linear layer?",
        {
            "6 windows, 16 numbers": "Yes: T − k + 1 = 6, and the largest of the 6 for each filter. With 70 words: 16.",
            "7 windows, 16 numbers": "No. A window of two words starts at the first word last but one at the latest.",
            "6 windows, 96 numbers": "No. That is what there is before the max; afterwards each filter has one.",
        },
    ),
    "long": (
        "Long range, new sentences: how often is the text CNN right, with windows of two and three words and the max?",
        {
            "always: the max finds the noun wherever it stands": "No. It finds nouns, but not which came first.",
            "a little more often than a guess": "Yes, as it turned out: windows hold hints, and the nets find some.",
            "exactly as often as TF-IDF": "Nearly. But a window shows what stands side by side, a bag does not.",
        },
    ),
    "real": (
        "The real text: 1300 sentences to learn from. Which of these will name the library best?",
        {
            "TF-IDF": "Yes, as these nets begin: single words say nearly all there is to say. Read on in part 6.",
            "the text CNN": "No, though it comes close; from other word vectors it draws level on the test (part 6).",
            "an LSTM": "No. It can do more than is asked here, and came out behind.",
        },
    ),
}

ask = asker(QUESTIONS)


def check_tf_idf(mine):
    """Check `mine(counts)`: the TF-IDF of each text, a row of length 1; counts is (N, V), no text is empty."""
    random = np.random.default_rng(0)
    counts = random.integers(0, 3, (5, 4)).astype(float)
    counts[:, 0] = 1
    cases = [(np.array([[1.0, 1, 0], [2, 0, 1]]),), (np.array([[1.0, 0, 2]]),), (counts,)]
    return check(mine, data.tf_idf, cases)


def check_features(mine):
    """Check `mine(x, kernels, bias)`: max over time of ReLU; x is (T, E), kernels (F, k, E), bias (F,)."""

    def reference(x, kernels, bias):
        layer = nn.Conv1d(x.shape[1], *kernels.shape[:2])
        layer.load_state_dict({"weight": kernels.swapaxes(1, 2), "bias": bias})
        return np.maximum(layer(x.T), 0).max(axis=1)

    last_wins = np.array([[1.0, 0], [0, 1], [0, -1]]), np.array([[[0.0, 1], [0, -1]]]), np.array([-1.0])
    random = np.random.default_rng(1)
    one_window = [random.standard_normal(shape) for shape in ((2, 3), (2, 2, 3), (2,))]
    found_nowhere = [random.standard_normal(shape) for shape in ((6, 2), (3, 3, 2))]
    return check(mine, reference, [last_wins, tuple(one_window), (*found_nowhere, np.array([-9.0, 0, 0]))])
