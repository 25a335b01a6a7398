"""Where customers come from. A channel knows neither customers nor Rasa."""
