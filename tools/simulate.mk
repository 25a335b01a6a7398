.PHONY: simulate

simulate: setup-tests ## 500 simulated customers pursue goals through the real brain and actions
	@$(BRAIN) -m bot.brain.nlu.build && $(BRAIN) -m bot.brain.train
	@.venv/bin/python -m tools.simulate $(ARGS)
