"""Runs the trained graph in an order worked out once, and stops asking policies when one is certain."""

from __future__ import annotations

from typing import Any, NamedTuple

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected
from rasa.shared.core.trackers import DialogueStateTracker

from bot.brain.policies.rules import IndexedRulePolicy

FASTER: dict[type[GraphComponent], type[GraphComponent]] = {RulePolicy: IndexedRulePolicy}
"""Components that load the same trained data and decide the same, faster.

config.yml names Rasa's own, because Rasa 3.6.21's recipe validator warns of any other RulePolicy.
"""


class _Step(NamedTuple):
    """One node: its component's function, and which outputs fill which parameters."""

    name: str
    run: Any
    needs: tuple[tuple[str, str], ...]


class PlannedRunner(GraphRunner):
    """Rasa's graph without a scheduler. Its own runner builds and sorts a dask graph at every call (3.6.21).

    A customer's text is never a command here: the component that reads "/intent{...}" is left out.
    """

    def __init__(
        self,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> None:
        self._schema = graph_schema
        self._nodes: dict[str, GraphNode] = {}
        for name, node in graph_schema.nodes.items():
            node.uses = FASTER.get(node.uses, node.uses)
            self._nodes[name] = GraphNode.from_schema_node(
                name, node, model_storage, execution_context, hooks
            )
        self._plans: dict[str, list[_Step]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> PlannedRunner:
        return cls(graph_schema, model_storage, execution_context, hooks)

    def component(self, name: str) -> GraphComponent:
        """The loaded component of the node called `name`."""
        component = self._nodes[name]._component
        assert component is not None
        return component

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        outputs: dict[str, Any] = dict(inputs or {})
        for target in targets or self._schema.target_names:
            if target not in self._plans:
                self._plans[target] = self._plan(target)
            self._follow(self._plans[target], outputs)
        return outputs

    def _follow(self, plan: list[_Step], outputs: dict[str, Any]) -> None:
        certain = False
        for name, run, needs in plan:
            if certain and isinstance(run.__self__, Policy):
                continue
            given = {parameter: outputs[source] for parameter, source in needs if source in outputs}
            outputs[name] = output = run(**given)
            if isinstance(output, PolicyPrediction):
                certain = _is_certain(output, run.__self__, given["tracker"], given["domain"])

    def _plan(self, target: str) -> list[_Step]:
        """What `target` needs, before it; policies by falling priority, so that rules come first."""
        order: list[str] = []

        def visit(name: str) -> None:
            if name in order or name not in self._schema.nodes:
                return
            for source in sorted(self._schema.nodes[name].needs.values(), key=self._rank):
                visit(source)
            order.append(name)

        visit(target)
        return [self._step(name) for name in order]

    def _rank(self, name: str) -> int:
        component = self._nodes[name]._component if name in self._nodes else None
        return -component.priority if isinstance(component, Policy) else 0

    def _step(self, name: str) -> _Step:
        node = self._schema.nodes[name]
        needs = tuple(node.needs.items())
        if issubclass(node.uses, RegexMessageHandler):
            return _Step(name, _Passed().messages, (("messages", node.needs["messages"]),))
        return _Step(name, getattr(self.component(name), node.fn), needs)


class _Passed:
    def messages(self, messages: list[Any]) -> list[Any]:
        return messages


def _is_certain(
    prediction: PolicyPrediction, policy: Any, tracker: DialogueStateTracker, domain: Domain
) -> bool:
    """Whether no policy after this one can win, as Rasa's ensemble has it.

    What overrules (`is_no_user_prediction`) and what a rule says, unless that action was just rejected.
    """
    if prediction.max_confidence < 1.0:
        return False
    if not (prediction.is_no_user_prediction or isinstance(policy, RulePolicy)):
        return False
    for event in reversed(tracker.events):
        if isinstance(event, ActionExecutionRejected):
            return prediction.max_confidence_index != domain.index_for_action(event.action_name)
        if isinstance(event, ActionExecuted):
            return True
    return True
