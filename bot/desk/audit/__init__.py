"""Who did what at the desk: logins, openings of personal data, exports, role changes, takeovers."""
