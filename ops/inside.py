"""What a case's workflow holds, without a worker that could be asked: its history is followed here."""

from __future__ import annotations

import asyncio
from typing import Any

from temporalio import workflow
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    Replayer,
    UnsandboxedWorkflowRunner,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

from engine.payload import case_data_converter
from engine.run import Run
from schemas.case import CaseInput
from workflows.case import CaseWorkflow


class DoesNotFollowError(Exception):
    """This version's code does not follow that history."""


class Inside:
    """Follows histories, one at a time. Changes nothing anywhere."""

    def __init__(self) -> None:
        self._keeper = _Keeper()

    def of(self, run: Run) -> CaseInput:
        """What the run would hand on to a next one: its state and all that is not recorded yet.

        Raises: DoesNotFollowError.
        """
        if run.worked_at is None:
            return run.start
        return asyncio.run(self._of(run))

    async def _of(self, run: Run) -> CaseInput:
        replayer = Replayer(
            workflows=[CaseWorkflow],
            data_converter=case_data_converter,
            workflow_runner=UnsandboxedWorkflowRunner(),
            interceptors=[self._keeper],
        )
        self._keeper.kept = None
        result = await replayer.replay_workflow(run.history, raise_on_replay_failure=False)
        if result.replay_failure is not None or self._keeper.kept is None:
            raise DoesNotFollowError(run.history.workflow_id) from result.replay_failure
        return self._keeper.kept.handed_on


class _Keeper(Interceptor):
    """Keeps hold of the workflow that is followed."""

    kept: CaseWorkflow | None = None

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor]:
        """The interceptor that tells this keeper of its workflow."""
        keeper = self

        class Keeping(WorkflowInboundInterceptor):
            async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
                keeper.kept = workflow.instance()
                return await super().execute_workflow(input)

        return Keeping
