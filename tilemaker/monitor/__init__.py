"""What is happening: counted for Prometheus, and written to the log."""
