"""Views over ready values, for notebooks, the workbench and reports.

    difference.DifferenceView      what changed, record by record, field by field
    three_way.ThreeWayView         one record before, after, now and as planned
    review.PlanReview              a plan under review; balance.PredictedBalance, what it predicts
    record_graph.GraphView         what hangs together
    timeline.TimelineView          when records were changed
    evidence_table.EvidenceTable   rows of any number, searched in the page and handed on as CSV; paged_table.PagedTable, the same live
    tables                         effect on accounts, tie-out, steps of a plan, figures
    movement.MovementPicture       the effect on accounts as bars

``live()`` of each gives the form that answers (`live.LiveView`).

Each is a plain object with ``text()``, ``html()`` or ``svg()``, ``page()`` and Jupyter's ``_repr_mimebundle_``.
"""
