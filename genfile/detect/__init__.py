"""From a source to facts: which folders are services, and what is true of each."""
