"""A company's own data in CSV files: read in with every mistake named, and written out again."""
