"""`make bench-brain`: our brain beside Rasa as it comes, from the same domain, data and stories, one run."""
