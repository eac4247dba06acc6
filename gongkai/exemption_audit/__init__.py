"""How exemptions are used: the supervisor's audit, counted from the rows of cases."""
