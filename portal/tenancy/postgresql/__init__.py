"""PostgreSQL as Django knows it, telling each connection the reach in force."""
