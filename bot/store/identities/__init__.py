"""Who is behind a channel's user: anonymous, known, or proved."""
