"""Reports: what happened, per day, hour, agent, team, topic; and the wall of now."""
