"""Pictures of gradients on their way back: the chain of Jacobians, their product, layers of a deep net, cures."""

import numpy as np

from . import style
from .chart import Chart, limits
from .scene import Scene

DECADES = 1e-40, 1e40  # what a logarithmic axis shows at most
ROOM = 1e6  # how far beyond the product the powers that bound it are followed


def draw_chain(steps=4):
    """Return the scene of an unrolled net: states go forward, and each step back multiplies by its Jacobian."""
    scene = Scene(960, 250, alt=f"{steps} states in a row; the gradient comes back through a Jacobian at every step")
    gap, side, y = 800 / steps, 76, 80
    for t in range(steps + 1):
        x = 42 + gap * t
        scene.rect(x, y, side, 56, style.tint(style.WINDOW, 0.15), style.WINDOW, 2)
        scene.text(x + side / 2, y + 28, f"h{_sub(t)}", 20)
        if t:
            scene.arrow(x - gap + side + 6, y + 18, x - 8, y + 18, style.WINDOW, 2)
            scene.text(x - (gap - side) / 2, y - 4, "W, φ", 14, style.WINDOW)
            scene.arrow(x - 8, y + 42, x - gap + side + 6, y + 42, style.GRADIENT, 2)
            scene.text(x - (gap - side) / 2, y + 66, f"· J{_sub(t)}", 16, style.GRADIENT, bold=True)
    scene.text(42 + gap * steps + side / 2, y + 82, "∂L/∂h" + _sub(steps), 16, style.GRADIENT)
    product = " ".join(f"J{_sub(t)}" for t in range(steps, 0, -1))
    scene.text(42 + side / 2, y + 82, "∂L/∂h₀", 16, style.GRADIENT)
    scene.text(480, 215, f"∂L/∂h₀  =  ∂L/∂h{_sub(steps)} · {product}", 19, style.GRADIENT)
    scene.text(480, 28, "forward: values (blue)      backward: gradients (green)", 14)
    return scene


def _sub(number):
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def draw_product(result):
    """Return the scene of the spectral lab: the product of Jacobians, and what each step adds to a gradient."""
    state = result.state
    scene = Scene(1060, 480, alt=_alt(result))
    t = np.arange(1, state.steps + 1)
    bounds = {"ρᵏ": (state.radius**t, style.FAINT), "(γσ)ᵏ": ((state.gamma * state.sigma) ** t, style.WINNER)}
    near = [np.clip(values, result.norms.min() / ROOM, ROOM * result.norms.max()) for values, _ in bounds.values()]
    title, ylim = "product of k Jacobians", _decades(result.norms, *near)
    product = Chart(scene, 84, 60, 410, 330, (0, state.steps), ylim, title, "steps k", "singular values", "y")
    for number, other in enumerate(result.singular[:, 1:].T):
        product.line(t, other, style.tint(style.GRADIENT, 0.5), 1, label=None if number else "others")
    product.line(t, result.norms, style.GRADIENT, 3, label="largest (norm)")
    for name, (values, colour) in bounds.items():
        product.line(t, values, colour, 2, dashed=True, label=name)
    product.legend()

    shares, clipped = result.shares, result.factor * result.shares
    ylim = _decades(shares, clipped)
    title = "what each step adds to the weights’ gradient"
    share = Chart(scene, 610, 60, 410, 330, (0, state.steps), ylim, title, "step t", "length", "y")
    share.line(t, shares, style.GRADIENT, 3, label="as it comes")
    share.line(t, clipped, style.WINNER, 2, dashed=True, label="after clipping")
    share.legend()
    return scene


def _decades(*values):
    """Limits of a logarithmic axis that shows these numbers, as far as `DECADES` goes."""
    values = np.concatenate(values)
    return limits(np.clip(values[values > 0], *DECADES), log=True)


def _alt(result):
    state = result.state
    return (
        f"product of {state.steps} Jacobians of a net with {state.activation}, spectral radius {state.radius:g}, "
        f"skew {state.skew:g}, inputs of size {state.scale:g}: largest singular value {result.norms[-1]:.3g}; "
        f"gradient of norm {result.norm:.3g} clipped at {state.max_norm:g}"
    )


def draw_powers(ax, norms, radius, sigma):
    """Draw how long the powers of a matrix are, between those of its eigenvalue and of its largest singular value."""
    k = np.arange(1, len(norms) + 1)
    ax.semilogy(k, sigma**k, "--", color=style.WINNER, label=f"σᵏ, σ = {sigma:.2f}")
    ax.semilogy(k, norms, color=style.GRADIENT, lw=2.5, label="‖Wᵏ‖")
    ax.semilogy(k, radius**k, "--", color=style.FAINT, label=f"ρᵏ, ρ = {radius:g}")
    ax.axhline(1, color=style.INK, lw=0.8)
    ax.set(xlabel="power k (steps)", ylabel="length of the longest result", ylim=(1e-5, 1e3), xlim=(0, len(norms)))
    ax.legend(frameon=False, fontsize=11)


def draw_depth(ax, depth):
    """Draw the gradient's length at every layer of two deep nets, with and without residual connections."""
    layers = np.arange(1, len(depth.plain) + 1)
    ax.semilogy(layers, depth.residual, "o-", color=style.WINNER, ms=4, label="residual")
    ax.semilogy(layers, depth.plain, "o-", color=style.GRADIENT, ms=4, label="plain")
    ax.set(xlabel="layer (1 is the first)", ylabel="length of the gradient")
    ax.legend(frameon=False, fontsize=11)


def draw_first_gradients(ax, curves):
    """Draw the gradient of every state before training, one line a net: {name: (T,)}."""
    for (name, values), colour in zip(curves.items(), style.SERIES, strict=False):
        ax.semilogy(np.arange(1, len(values) + 1), values, color=colour, lw=2, label=name)
    ax.set(xlabel="step t", ylabel="gradient of the state, last step = 1")
    ax.legend(frameon=False, fontsize=10, ncols=2, loc="lower right")
