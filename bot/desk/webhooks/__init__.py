"""Webhooks: tell other systems what happens, signed, until they have it or somebody must look."""
