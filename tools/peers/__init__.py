"""The peers that run in processes of their own."""
