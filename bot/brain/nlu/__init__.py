"""How the bot reads Chinese: words, entities, intent and emotion.

`entities` finds and normalises values, `language` is the spaCy pipeline, `linear` the models that
tell intent and emotion, and `components` what Rasa loads from config.yml.
"""
