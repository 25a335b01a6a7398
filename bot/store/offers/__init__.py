"""Published offers and the coupons given out for them."""
