"""What everything stands on: settings, clock, ids, errors, database, background tasks, logging."""
