r"""How sequences lie in the arrays of one call: layouts, a batch axis or none, lengths and padding."""

from typing import NamedTuple

import numpy as np

from helpers import checks


class Call(NamedTuple):
    """How one call's arrays lie. Inside, all are (T, N, ...)."""

    layout: str
    last: tuple  # the last real step of each sequence, as an index
    reversal: np.ndarray | None  # (T, N): where each step goes when sequences are reversed within their lengths
    padding: np.ndarray | None  # (T, N): True where a step is none

    @classmethod
    def of(cls, owner, x, batch_first, lengths):
        """Read the layout off an input of 2 or 3 axes; returns also the input as (T, N, I)."""
        layout = "unbatched" if x.ndim == 2 else "batch first" if batch_first else "time first"
        x = cls(layout, (), None, None).inward(x)
        steps, batch = x.shape[:2]
        if lengths is None:
            return cls(layout, (-1, slice(None)), None, None), x
        lengths = checks.lengths(owner, lengths, batch, steps)
        t = np.arange(steps)[:, None]
        padding = t >= lengths
        call = cls(layout, (lengths - 1, np.arange(batch)), np.where(padding, t, lengths - 1 - t), padding)
        return call, np.where(padding[..., None], 0, x)

    def inward(self, array):
        """From the caller's layout to (T, N, ...)."""
        return {"unbatched": array[:, None], "batch first": array.swapaxes(0, 1), "time first": array}[self.layout]

    def outward(self, array):
        """From (T, N, ...) to the caller's layout."""
        if self.layout == "unbatched":
            return array[:, 0]
        return array.swapaxes(0, 1) if self.layout == "batch first" else array

    def state_inward(self, owner, name, state, shape, dtype):
        """From the caller's state, or its gradient, to a new array of `shape` (..., N, H); None stands for zeros."""
        if state is None:
            return np.zeros(shape, dtype)
        outer = self.state_outward(np.broadcast_to(0, shape)).shape
        return checks.shaped(owner, name, state, outer).astype(dtype).reshape(shape)

    def state_outward(self, state):
        """The state without a batch axis where the caller gave none."""
        return state[..., 0, :] if self.layout == "unbatched" else state

    def gradient_inward(self, owner, grad, shape, dtype):
        """From the caller's gradient of an output to `shape` (T, N, ...), 0 at padding; None stands for zeros."""
        if grad is None:
            return np.zeros(shape, dtype)
        outer = self.outward(np.broadcast_to(0, shape)).shape
        grad = self.inward(checks.gradient(owner, grad, outer, dtype))
        return grad if self.padding is None else np.where(self.padding[..., None], 0, grad)

    def turn(self, array, direction):
        """Reverse each sequence within its length where the direction is 1; twice gives the array back."""
        if not direction:
            return array
        return array[::-1] if self.reversal is None else np.take_along_axis(array, self.reversal[..., None], 0)


def sequence_input(owner, x, size, batch_first, name="input_size"):
    """Return the input as a float array of 2 or 3 axes, at least one step, and `size` features; None takes any."""
    x = checks.real_array(owner, "input", x)
    axes = f"(N, T, {name})" if batch_first else f"(T, N, {name})"
    if x.ndim not in (2, 3):
        raise ValueError(f"{owner}: input must have shape {axes} or (T, {name}), got {x.shape}")
    if size is not None and x.shape[-1] != size:
        hint = "; is the features' axis not the last?" if size in x.shape else ""
        raise ValueError(f"{owner}: input must have shape {axes} with {name}={size}, got {x.shape}{hint}")
    if x.shape[-2 if batch_first else 0] == 0:
        raise ValueError(f"{owner}: input must have at least one step, got T = 0")
    return x
