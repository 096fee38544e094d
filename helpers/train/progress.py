r"""A progress bar for those who watch, and for no one else."""

import sys


def shown(batches, total, progress):
    """Pass batches on; with `progress`, or where it is None and a person watches, with a bar of text on stderr."""
    if not (watched() if progress is None else progress):
        yield from batches
        return
    from tqdm import tqdm

    yield from tqdm(batches, total=total, unit="step", leave=False)


def watched():
    """Whether a person reads along: in a terminal, or a notebook whose frontend lets `input()` ask.

    What runs notebooks by itself (nbval, nbclient, nbconvert) starts the same kernel, and forbids that.
    """
    ipython = sys.modules.get("IPython")
    kernel = getattr(ipython and ipython.get_ipython(), "kernel", None)
    if kernel is not None:
        return getattr(kernel, "_allow_stdin", False)
    return sys.stderr is not None and sys.stderr.isatty()
