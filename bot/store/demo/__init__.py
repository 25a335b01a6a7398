"""A believable company to try everything on."""

from bot.store.demo.cast import DemoCustomer, demo_customers
from bot.store.demo.seed import SeedReport, seed

__all__ = ["DemoCustomer", "SeedReport", "demo_customers", "seed"]
