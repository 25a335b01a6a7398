"""How the bot reads Chinese: words, entities, intent and emotion.

`entities` finds and normalises values, `language` is the spaCy pipeline, `intent` the intent model,
`emotion` the emotion model, and `components` what Rasa loads from config.yml.
"""
