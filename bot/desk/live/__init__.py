"""What agents' screens are told as it happens, over a socket that resumes by number."""
