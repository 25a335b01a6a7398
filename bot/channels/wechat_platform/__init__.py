"""Plays the servers of WeChat and WeCom, for the demo and the tests. It shares no code with the channels."""
