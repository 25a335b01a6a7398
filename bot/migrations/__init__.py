"""Migrations of the database: one linear history for SQLite and PostgreSQL."""

from bot.migrations.upgrade import downgrade, upgrade, upgrade_with

__all__ = ["downgrade", "upgrade", "upgrade_with"]
