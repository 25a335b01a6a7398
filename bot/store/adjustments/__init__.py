"""Corrections of points and money by hand; large ones need a second person."""
