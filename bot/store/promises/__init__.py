"""What the company has promised, in public and to each customer, and by when."""
