"""Find out what is wrong with an answer: by its probes, by its functions, and by edits that make it right."""
