"""The pooling lab."""

from helpers.experiments import pooling
from helpers.plots.pooling import draw_pooling

from . import controls
from .app import App
from .pictures import picture_controls


def pooling_lab(**settings):
    """Return the pooling lab, its controls set to a `State` with these settings.

    Examples
    --------
    >>> lab = pooling_lab(kernel_size=3)
    >>> lab.result.out.shape
    (1, 2, 2)
    """
    start = pooling.State(**settings)
    return App(
        "pooling",
        pooling.State,
        {
            "kind": controls.choice("kind", [*pooling.KINDS], start.kind),
            **picture_controls(start.picture, start.own),
            "kernel_size": controls.Slider("pool size", start.kernel_size, 1, 8),
            "stride": controls.Slider("stride", start.stride, 1, 8),
            "padding": controls.Slider("padding", start.padding, 0, 4),
            "dilation": controls.Slider("dilation", start.dilation, 1, 3),
            "norm_type": controls.Slider("power p", start.norm_type, 1, 16),
            "output_size": controls.Slider("output size", start.output_size, 1, 16),
            "ceil_mode": controls.switch("ceil_mode", start.ceil_mode),
            "window": controls.Slider("window", start.window, 0, 255),
        },
        pooling.compute,
        draw_pooling,
        pooling.describe,
        adjust=lambda result: {
            "window": {"max": result.rows.count * result.cols.count - 1, "disabled": not result.numbered}
        },
        hidden=pooling.unused,
        actions={"Ask torch": pooling.torch_verdict},
    )
