"""From a source to facts: which folders are services, and the facts of each."""
