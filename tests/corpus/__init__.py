"""What is true of public repositories that genfile was tried on, and how near `inspect` comes to it.

Each `OWNER+NAME.toml` holds facts alone, written down before genfile was run; nothing of a repository is kept here.
The checkouts are the reader's own: a folder that holds a folder `OWNER+NAME` for each, at the commit of the facts.
"""
