"""Is a vault what was put into it?"""
