"""Pictures of activations and of losses, each with its slope."""

from . import style


def draw_activation(ax, profile):
    """Draw an activation and its slope; where hardly any gradient is left the ground is grey."""
    _shade(ax, profile)
    ax.plot(profile.z, profile.y, color=style.WINDOW, lw=2, label="output")
    ax.plot(profile.z, profile.slope, "--", color=style.GRADIENT, lw=2, label="slope")
    ax.set(xlim=(profile.z[0], profile.z[-1]), ylim=(-1.2, 2.2), xlabel="sum z")
    ax.set_title(profile.name, fontsize=12)


def _shade(ax, profile):
    ground = ax.get_xaxis_transform()
    ax.fill_between(profile.z, 0, 1, where=profile.dead, color=style.PADDING, transform=ground, lw=0)


def draw_loss(axes, profiles):
    """Draw losses of one neuron and, beside them, their slopes, where the answer should be 1."""
    left, right = axes
    for profile, colour in zip(profiles, (style.WINNER, style.WINDOW), strict=True):
        left.plot(profile.z, profile.loss, color=colour, lw=2, label=profile.name)
        right.plot(profile.z, profile.slope, "--", color=colour, lw=2, label=profile.name)
    for ax, title in ((left, "loss"), (right, "slope of the loss")):
        ax.set(xlabel="sum z", title=title, xticks=range(-8, 9, 4))
    right.axhline(0, color=style.INK, lw=0.8)
    left.legend(frameon=False, fontsize=11)
