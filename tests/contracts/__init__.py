"""What every implementation of a contract must do; each is tested by a subclass of a few lines."""
