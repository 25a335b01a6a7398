"""The complaint board: every complaint with its clocks, answered from the desk."""
