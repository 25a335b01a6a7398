"""Points: earned as lots, spent soonest-expiring first."""
