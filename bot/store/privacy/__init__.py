"""The customer's rights over their data: see it, take it along, have it erased (PIPL art. 45-47)."""
