"""Views over ready values, for notebooks, the workbench and reports.

    difference.DifferenceView      what changed, record by record, field by field
    record_graph.GraphView         what hangs together
    tables                         effect on accounts, tie-out, steps of a plan, figures
    movement.MovementPicture       the effect on accounts as bars

Each is a plain object with ``text()``, ``html()`` or ``svg()``, ``page()`` and Jupyter's ``_repr_mimebundle_``.
"""
