"""genfile reads a source tree and writes its container files."""
