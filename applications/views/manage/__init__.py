"""The city's pages on cycles, notices, applications and lists."""
