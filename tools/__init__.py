"""Scripts for those who work on genfile: what is made from code or from public data, and kept true by tests."""
