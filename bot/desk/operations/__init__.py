"""Store operations that agents offer: redeem, transfer, complaints, by the store's own checks."""
