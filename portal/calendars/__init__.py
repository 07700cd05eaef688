"""The Chinese working-day calendar, as decreed year by year."""
