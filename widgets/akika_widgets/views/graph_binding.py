"""The record graph in a browser: canvas and list in one component, for Panel and for notebooks, with one ES module.

Besides the traits of every live view (`bindings`) there are ``data`` (the picture as columns), ``chosen`` (an id, or "") and ``found``
(the ids that the search finds). No trait is called layout: Jupyter's widgets have one of that name.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from akika_widgets.views.bindings import module, tie_pane, tie_widget
from akika_widgets.views.live_graph import LiveGraph


def shown(view: LiveGraph) -> dict[str, Any]:
    """The values of all traits that Python sets, but ``seen``."""
    # The picture settles first what is chosen and found in it.
    data = view.columns()
    return {"data": data, "chosen": view.chosen_id(), "found": view.found(), "markup": str(view.render())}


@cache
def _panel_class() -> Any:
    import param  # noqa: PLC0415
    from panel.custom import AnyWidgetComponent  # noqa: PLC0415

    class GraphPane(AnyWidgetComponent):
        """The record graph in Panel."""

        _esm = module("graph")
        data = param.Dict(default={})
        chosen = param.String()
        found = param.List()
        markup = param.String()
        events = param.List()
        seen = param.Integer()

    return GraphPane


def panel_graph(view: LiveGraph) -> Any:
    """The graph as a Panel component, for one session."""
    return tie_pane(view, _panel_class()(**shown(view), sizing_mode="stretch_width"), lambda: shown(view))


@cache
def _jupyter_class() -> Any:
    import anywidget  # noqa: PLC0415
    import traitlets  # noqa: PLC0415

    class GraphWidget(anywidget.AnyWidget):
        """The record graph in a notebook."""

        _esm = module("graph")
        data: Any = traitlets.Dict().tag(sync=True)
        chosen = traitlets.Unicode().tag(sync=True)
        found: Any = traitlets.List().tag(sync=True)
        markup = traitlets.Unicode().tag(sync=True)
        events: Any = traitlets.List().tag(sync=True)
        seen = traitlets.Int().tag(sync=True)

    return GraphWidget


def jupyter_graph(view: LiveGraph) -> Any:
    """The graph as a widget in a notebook."""
    return tie_widget(view, _jupyter_class()(**shown(view)), lambda: shown(view))
