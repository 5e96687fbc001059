"""How do you know, and what next: what is likely behind a refusal or a silence, what a unit was recognised by, what
became of a job. Each explanation ends in the step that would tell more, and is cheap and harmless."""
