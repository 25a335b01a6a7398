"""The desk's rules: opening hours, strategy, limits; an admin changes them, no restart."""
