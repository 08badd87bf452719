"""Random draws inside compiled loops: a value is a function of its counters, whoever asks and however often."""
