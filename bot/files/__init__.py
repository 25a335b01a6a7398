"""Files that customers and agents send: kept outside the web root, looked at before they are kept."""
