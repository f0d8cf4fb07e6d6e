"""Delivery by rulebus, by bare queues and by other buses, side by side."""
