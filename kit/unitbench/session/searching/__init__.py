"""Looking for units: what would be sent (``planning``), at what pace (``pacing``), host by host (``sweeping``), what
it says (``sightings``), and why nothing was found (``emptiness``)."""
