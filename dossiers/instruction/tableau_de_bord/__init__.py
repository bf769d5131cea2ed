"""Dashboards: what was filed over a period, counted in SQL, drawn and said in tables."""
