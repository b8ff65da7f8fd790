"""The engine: arrays and items in, ABX error rates out. Knows neither submissions nor files."""
