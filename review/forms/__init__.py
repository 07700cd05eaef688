"""Input of chapter 5 → clean values; never saves."""
