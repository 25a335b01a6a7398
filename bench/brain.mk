.PHONY: bench-brain
bench-brain: setup ## our brain beside Rasa as it comes: speed, CPU, memory, accuracy; ARGS="--epochs 100" for the whole training
	@.venv/bin/python -m bench.brain $(ARGS)
