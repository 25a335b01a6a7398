"""What every HTTP application of ours shares: errors, health, metrics, pages."""
