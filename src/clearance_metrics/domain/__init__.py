"""The terms as frozen, checked values: milestones, calendars, periods, metrics, statistics by name;
knows no engine.
"""
