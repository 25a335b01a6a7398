"""What Rasa loads: the language, the entities, the intent and the emotion of a message."""
