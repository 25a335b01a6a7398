"""How well the parts do: commands that measure, print tables and write JSON to build/eval."""
