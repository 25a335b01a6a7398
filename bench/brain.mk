.PHONY: bench-brain
bench-brain: setup ## our brain beside Rasa as it comes: speed, CPU, memory; writes build/bench/brain.json and a picture
	@.venv/bin/python -m bench.brain
