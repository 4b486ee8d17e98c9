causes = {"a": "too_small", "b": "uphill", "c": "good", "d": "not_zeroed", "e": "too_large", "f": "cut_off"}
