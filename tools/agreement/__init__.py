"""How far genfile, shown a tree without its container files, says what the people who wrote them say."""
