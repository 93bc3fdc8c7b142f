"""What is true of a service, typed: the contract between detection and presets."""
