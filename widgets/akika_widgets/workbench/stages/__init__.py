"""The stages of the journey, in its order, and those beside it."""

from __future__ import annotations

from akika_widgets.workbench.desk import Desk
from akika_widgets.workbench.stages.approve import Approve
from akika_widgets.workbench.stages.books import BooksStage
from akika_widgets.workbench.stages.changed import Changed
from akika_widgets.workbench.stages.company import CompanyStage
from akika_widgets.workbench.stages.execute import Execute
from akika_widgets.workbench.stages.first_hour import FirstHourStage
from akika_widgets.workbench.stages.hanging import Hanging
from akika_widgets.workbench.stages.plan import PlanStage
from akika_widgets.workbench.stages.stage import Stage
from akika_widgets.workbench.stages.verified import Verified


def stages_of(desk: Desk) -> dict[str, Stage]:
    """A session's stages by name, in order."""
    plan = PlanStage(desk)
    made: tuple[Stage, ...] = (
        FirstHourStage(desk),
        CompanyStage(desk),
        Changed(desk),
        Hanging(desk),
        plan,
        Approve(desk, plan.reviewer),
        Execute(desk, plan.reviewer),
        Verified(desk),
        BooksStage(desk),
    )
    return {stage.name: stage for stage in made}
