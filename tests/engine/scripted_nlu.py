"""Understanding by script, so that the dialogue is tested apart from the classifiers."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=False)
class ScriptedNLU(GraphComponent):
    """Says of each message what its metadata's ``nlu`` says."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ScriptedNLU":
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            script = (message.get("metadata") or {}).get("nlu") or {}
            for name, value in script.items():
                message.set(name, value, add_to_output=True)
        return messages
