.PHONY: bench-wechat

bench-wechat: setup ## how fast WeChat's callbacks are acknowledged and answered
	@.venv/bin/python -m bench.wechat
