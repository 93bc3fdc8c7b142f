"""Proof that a Dockerfile works: it builds, starts hardened, answers, stops, and keeps its layers."""
